"""Cases that Debian's Postfix and Posthaste run from the same configuration, with equal results."""

from . import (table_addresses, table_dns, table_odd_dns, table_refusals, table_relayhost,
               table_replies, table_senders, table_transport)


def all_groups():
    """Every group, numbered: the number is part of the addresses of its cases."""
    found = []
    for table in (table_transport, table_senders, table_relayhost, table_dns, table_replies,
                  table_addresses, table_refusals):
        found += getattr(table, "GROUPS", None) or [table.GROUP]
    names = [case.name for group in found for case in group.cases]
    assert len(names) == len(set(names)), [name for name in names if names.count(name) > 1]
    return [group.numbered(number) for number, group in enumerate(found)]


def odd_groups():
    """Those that meet a name server which misbehaves."""
    return [table_odd_dns.GROUP.numbered(50)]
