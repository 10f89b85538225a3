// The restrictions of the SMTP server, one function each; rule_book.cc has their names.
#pragma once

#include "smtpd/check.h"

namespace smtpd::rules {

// plain_rules.cc
Verdict permit(Check& check, const Rule& rule);
Verdict reject(Check& check, const Rule& rule);
Verdict defer(Check& check, const Rule& rule);
Verdict defer_if_permit(Check& check, const Rule& rule);
Verdict defer_if_reject(Check& check, const Rule& rule);
Verdict nobody(Check& check, const Rule& rule);  // says nothing
Verdict unknown(Check& check, const Rule& rule);
Verdict reject_unauth_pipelining(Check& check, const Rule& rule);
Verdict reject_multi_recipient_bounce(Check& check, const Rule& rule);
io::Task<Verdict> sleep(Check& check, const Rule& rule);

// tls_rules.cc
Verdict reject_plaintext_session(Check& check, const Rule& rule);
Verdict permit_tls_all_clientcerts(Check& check, const Rule& rule);
io::Task<Verdict> permit_tls_clientcerts(Check& check, const Rule& rule);
io::Task<Verdict> check_ccert_access(Check& check, const Rule& rule);

// login_rules.cc
Verdict permit_sasl_authenticated(Check& check, const Rule& rule);
io::Task<Verdict> reject_sender_login_mismatch(Check& check, const Rule& rule);
io::Task<Verdict> reject_authenticated_sender_login_mismatch(Check& check, const Rule& rule);
io::Task<Verdict> reject_known_sender_login_mismatch(Check& check, const Rule& rule);
io::Task<Verdict> reject_unauthenticated_sender_login_mismatch(Check& check, const Rule& rule);
io::Task<Verdict> check_sasl_access(Check& check, const Rule& rule);

// client_rules.cc
Verdict permit_mynetworks(Check& check, const Rule& rule);
Verdict permit_inet_interfaces(Check& check, const Rule& rule);
Verdict reject_unknown_client_hostname(Check& check, const Rule& rule);
Verdict reject_unknown_reverse_client_hostname(Check& check, const Rule& rule);

// name_rules.cc
Verdict reject_invalid_helo_hostname(Check& check, const Rule& rule);
Verdict reject_non_fqdn_helo_hostname(Check& check, const Rule& rule);
Verdict reject_non_fqdn_sender(Check& check, const Rule& rule);
Verdict reject_non_fqdn_recipient(Check& check, const Rule& rule);

// domain_rules.cc
io::Task<Verdict> reject_unknown_helo_hostname(Check& check, const Rule& rule);
io::Task<Verdict> reject_unknown_sender_domain(Check& check, const Rule& rule);
io::Task<Verdict> reject_unknown_recipient_domain(Check& check, const Rule& rule);

// destination_rules.cc
io::Task<Verdict> permit_auth_destination(Check& check, const Rule& rule);
io::Task<Verdict> reject_unauth_destination(Check& check, const Rule& rule);
io::Task<Verdict> defer_unauth_destination(Check& check, const Rule& rule);

// access_rules.cc
io::Task<Verdict> check_client_access(Check& check, const Rule& rule);
io::Task<Verdict> check_reverse_client_hostname_access(Check& check, const Rule& rule);
io::Task<Verdict> check_helo_access(Check& check, const Rule& rule);
io::Task<Verdict> check_sender_access(Check& check, const Rule& rule);
io::Task<Verdict> check_recipient_access(Check& check, const Rule& rule);
io::Task<Verdict> check_etrn_access(Check& check, const Rule& rule);

// server_rules.cc: the hosts that serve a domain (MX), that know it (NS), or its addresses (A)
io::Task<Verdict> check_server_access(Check& check, const Rule& rule);

// listed_rules.cc
io::Task<Verdict> reject_unlisted_sender(Check& check, const Rule& rule);
io::Task<Verdict> reject_unlisted_recipient(Check& check, const Rule& rule);

}  // namespace smtpd::rules
