#!/bin/bash
# Installs the Debian 12 packages that are missing: deps.sh build (what `make` and `make run` need),
# deps.sh all (what `make check` and `make bench` need too). Does nothing when all are there.
set -euo pipefail

packages=(g++ make python3 libevent-dev libldns-dev libdb-dev libpcre2-dev liblmdb-dev libcdb-dev nlohmann-json3-dev
          libssl-dev libgsasl-dev libsasl2-dev libidn2-dev openssl)
if [ "${1:-all}" = all ]; then
    packages+=(git libgtest-dev libgmock-dev clang-format strace swaks procps iproute2 nsd unbound
               postfix postfix-cdb postfix-lmdb postfix-pcre pflogsumm libsasl2-modules sasl2-bin dovecot-core msmtp fail2ban
               stunnel4 ldnsutils libnet-ssleay-perl gnutls-bin postfix-mta-sts-resolver)
fi

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=()
for package in "${packages[@]}"; do
    installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

# Debian's Postfix is what tests compare with. It is installed without a configuration, it is never
# started, and it must not take the place of a mail system that this machine uses.
if [[ " ${missing[*]} " == *" postfix "* ]]; then
    for other in exim4-daemon-light exim4-daemon-heavy opensmtpd sendmail-bin nullmailer dma msmtp-mta ssmtp; do
        if installed "$other"; then
            echo "deps: installing postfix (the peer of the tests) would remove $other; do it by hand if you want that" >&2
            exit 1
        fi
    done
fi

run=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "deps: as root, run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    run=(sudo)
fi

if [[ " ${missing[*]} " == *" postfix "* ]]; then
    echo "postfix postfix/main_mailer_type select No configuration" | "${run[@]}" debconf-set-selections
fi
# Servers that come along are started by tests only, in scratch folders.
policy=/usr/sbin/policy-rc.d
if [ "${1:-all}" = all ] && [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | "${run[@]}" tee $policy >/dev/null
    "${run[@]}" chmod 755 $policy
    trap '"${run[@]}" rm -f $policy' EXIT
fi
echo "deps: installing ${missing[*]}"
"${run[@]}" apt-get update -qq
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
