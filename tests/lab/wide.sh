#!/bin/bash
# wide.sh - the lab once more with other addresses and names, and with faults of other strength.
#
# Takes what lab.sh takes, and lists what it lists with the variants below beside it. What is right in lab.sh and wrong
# here was learnt by heart.

set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
export E53_ID=${E53_ID:-e53w}
made=/run/$E53_ID-wide
mkdir -p "$made"

variants() {
    cat <<'EOF'
ok-ras-1s|depot|none|none.healthy|healthy|a dialled link with a round trip of 1 s|timing
ok-slow-server|nas7|none|none.healthy|healthy-no-netbios|the server takes 1.1 s for the first answer of each connection|silence
ok-lossless-far|depot|none|none.healthy|healthy|the server behind the router does not answer ping fast|silence
loss-20|nas7|link|link.path.loss|link.path.loss|20 % of the round trips on the server's link are lost
loss-50|nas7|link|link.path.loss|link.path.loss|50 % of the round trips on the server's link are lost
loss-far-30|depot|link|link.path.loss|link.path.loss|30 % of the round trips behind the router are lost
loss-far-20-no-ping|depot|link|link.path.loss|link.path.loss/open|20 % of the round trips behind the router are lost, and the server answers no ping
loss-far-20-refused|depot|link|link.path.loss|link.path.loss/open|as loss-far-20-no-ping, behind a router that answers 139 with a reset
loss-20-no-ping|nas7|link|link.path.loss|link.path.loss/open|20 % of the round trips on the server's link are lost, and it answers no ping
slow-link-1k|nas7|link|link.path.too-slow|link.path.too-slow|the server's link carries 1 kbit/s
slow-link-tight|nas7|link|link.path.too-slow|link.path.too-slow|the server's link carries 2 kbit/s, no burst
link-flap-slow|nas7|link|link.client.flapping|link.client.flapping|the client's link is up for 1.5 s, then down for 1 s
ok-dns-second|nas7|none|none.dns-first-silent|healthy-slow|the first name server drops all questions, the second answers
ok-dns-second-dead|nas7|none|none.healthy|healthy|the first name server answers, the second is an address nobody has
ok-dns-no-aaaa|nas7|none|none.dns-drops-aaaa|healthy-slow|DNS answers questions for A and drops those for AAAA
ok-dns-v6|nas7|none|none.healthy|healthy|the only name server has an IPv6 address
ok-dns-dropped-netbios|nas7|none|none.dns-dead-but-netbios|healthy-slow|the DNS host is up and drops questions, NetBIOS finds the name|silence
ok-ras-dns-silent|depot|none|none.dns-dead-but-netbios|healthy-slow|over the RAS link: DNS drops questions, WINS finds the name|silence
ok-139-dropped|nas7|none|none.netbios-off|healthy-no-netbios|139 and udp/137 are dropped, 445 works
ok-no-ping-far|depot|none|none.icmp-filtered|healthy-no-icmp|the server behind the router answers no ping
ok-echo-reset|nas7|none|none.healthy|healthy|a firewall resets the connection at the first echo of SMB, as servers end it that have nobody logged on
ok-echo-reset-no-ping|depot|none|none.icmp-filtered|healthy-no-icmp|as ok-echo-reset, of a server behind the router that answers no ping|silence
ok-echo-dropped|nas7|none|none.healthy|healthy/open|a firewall drops echoes of SMB, and nothing else|silence
ok-139-refused-far|depot|none|none.netbios-off|healthy-no-netbios|the router answers 139 with a reset, 445 works
ok-only-445-silent|nas7|none|none.icmp-filtered|healthy-no-icmp|all but 445 is dropped, ping too|silence
ok-445-filtered-far|depot|none|none.445-filtered-139-open|healthy-139|445 is dropped behind the router, 139 works
ok-ras-1s-445-filtered|depot|none|none.445-filtered-139-open|healthy-139|a round trip of 1 s, and 445 is dropped|timing
ok-two-nics|nas7|none|none.healthy|healthy|a second interface has no carrier, the name is in DNS only
ok-two-nics-default-dead|nas7|none|none.healthy|healthy|the default route is over an interface without carrier, DNS and server are on the other
two-nics-dns-dead|nas7|link|link.client.no-carrier|link.client.no-carrier/name.dns.host-down/open|the DNS server is behind the interface without carrier, the server behind the other
two-nics-nxdomain|nas7|name|name.dns.nxdomain|name.dns.nxdomain|the default interface has no carrier, and DNS on the other does not know the name
two-nics-server-dead|nas7|link|link.client.no-carrier|link.client.no-carrier|the way to the server is over a second interface without carrier
two-dns2-hosts|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the second name server is silent, and the hosts file gives a dead address
hosts-two-lines|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file has the name twice, first with a dead address
hosts-loopback|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives 127.0.1.1
hosts-zero|nas7|none|none.healthy|healthy|the hosts file gives 0.0.0.0
dns-zero|nas7|name|name.dns.no-a-record|name.dns.no-a-record|DNS answers 0.0.0.0, as one that blocks names
dns-captive|nas7|name|name.dns.stale-live-host|name.dns.stale-live-host|DNS gives one address, a web server's, for every name
dns-first-unaware|nas7|name|name.dns.nxdomain|name.dns.nxdomain|the first name server does not know the name, the second does, and NetBIOS does not
dns-stub-dead|nas7|name|name.dns.not-listening|name.dns.not-listening/name.client.wrong-dns-server/open|resolv.conf names a resolver on this machine, and none runs
v6-mtu|nas7|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/open|DNS has the AAAA record only, and IPv6 packets over 1000 bytes vanish
v6-only-v4-filtered|nas7|filter|filter.server.drop-smb|fw-drop-smb/open|the server drops SMB on IPv4, on IPv6 it works
v6-off-server|nas7|ip|ip.server.off|l2-no-answer/open|the server is off, DNS has A and AAAA
server-mask-wide|depot|ip|ip.server.wrong-mask|routed-silent|the server behind the router has /8 and takes the client for a neighbour
fw-synack|nas7|filter|filter.path.one-way|fw-drop-smb|a firewall drops the server's answers to connections, and nothing else
fw-refused-silent|nas7|smb|smb.server.not-running|tcp-refused-both/open|445 is refused, 139 is dropped|silence
fw-host-unreach|depot|filter|filter.router.reject|ip.router.admin-prohibited|the router answers SMB with host unreachable, and the server is up
fw-random-smb|nas7|filter|filter.path.loss|link.path.loss/tcp-flaky/fw-drop-smb/open|each packet to 139 and 445 is dropped with probability 0.5
fw-rate-smb|nas7|none|none.healthy|healthy/tcp-flaky/open|the server takes three new connections a second|silence
fw-payload-rst-445|nas7|filter|filter.path.payload-rst|reset-after-data/open|data on 445 is answered with a reset, 139 works
smb-proxy-silent|nas7|smb|smb.server.silent-service|smb.server.hung|a proxy takes connections to 139 and 445, and what is behind it is gone
mid-hung-ends|nas7|none|none.healthy|healthy/smb.server.hung/open|the server's service hangs for another second
wrong-mask-29|nas7|ip|ip.client.wrong-mask|ip.client.wrong-mask|the client has /29 instead of /24 and no gateway
wrong-mask-gw|nas7|ip|ip.client.wrong-mask|ip.client.wrong-mask|the client has /30 instead of /24 and a gateway within it
mask-too-wide-20|depot|ip|ip.client.mask-too-wide|ip.client.mask-too-wide|the client has /20
prohibit-host|depot|ip|ip.client.prohibit-route|ip.client.prohibit-route|a local route forbids the server
prohibit-blackhole|depot|ip|ip.client.prohibit-route|ip.client.prohibit-route|a local route swallows the server's subnet
routing-loop-drop|depot|ip|ip.router.loop|ip.router.loop|two routers send the packet to each other and say nothing of it|silence
mtu-1000|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|packets over 1000 bytes vanish without ICMP
mtu-500|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|packets over 500 bytes vanish without ICMP
ok-large-ping|depot|none|none.healthy|healthy|a firewall drops large pings, and nothing else|answers
server-no-net|nas7|ip|ip.server.wrong-mask|arp-only|the server has /30 and a gateway that does not know the client
fw-drop-ping-limited|nas7|filter|filter.server.drop-smb|fw-drop-smb|the server drops SMB and answers five pings a second
fw-drop-far-ping-limited|depot|filter|filter.server.drop-smb|fw-drop-smb|as fw-drop-ping-limited, behind the router
ok-ping-even|nas7|none|none.healthy|healthy|the server answers every other ping|silence
ok-ping-1s|nas7|none|none.healthy|healthy|the server answers one ping a second|silence
ok-ping-1s-far|depot|none|none.healthy|healthy|as ok-ping-1s, behind the router|silence
fw-drop-ping-even|nas7|filter|filter.server.drop-smb|fw-drop-smb|the server drops SMB and answers every third ping
fw-drop-ping-1s|nas7|filter|filter.server.drop-smb|fw-drop-smb|the server drops SMB and answers one ping a second
fw-drop-far-ping-even|depot|filter|filter.server.drop-smb|fw-drop-smb/open|as fw-drop-ping-even, behind the router
smbd-stopped-ping-even|depot|smb|smb.server.not-running|tcp-refused-both|the server refuses SMB and answers every third ping, behind the router
arp-lost-3|nas7|none|none.healthy|healthy/link.path.loss/open|the first three answers to ARP are lost, and nothing else
loss-20-arp-lost-3|nas7|link|link.path.loss|link.path.loss/open|20 % of the round trips are lost, and the first three answers to ARP
loss-answers-20|nas7|link|link.path.loss|link.path.loss/healthy/open|every fifth packet of the server's is lost, and none of the client's
reset-third|nas7|smb|smb.server.flaky|tcp-flaky/healthy|a third of the connections to 139 and 445 is reset at random
reset-half|nas7|smb|smb.server.flaky|tcp-flaky/healthy/open|half of the connections to 139 and 445 is reset at random
reset-third-445|nas7|smb|smb.server.flaky|tcp-flaky/healthy/open|a third of the connections to 445 is reset at random
fw-drop-tcp|nas7|filter|filter.server.drop-smb|fw-drop-smb|the server drops every TCP connection
fw-reject-rst-route|depot|filter|filter.server.reject-rst|tcp-refused-both|the router answers 139 and 445 with a reset
fw-client-drop-445|nas7|filter|filter.client.output-drop|filter.client.output-drop|the client's own firewall drops outgoing 445, 139 is refused
fw-client-prohib|nas7|filter|filter.client.output-reject|filter.client.output-reject|the client's own firewall answers admin prohibited
fw-payload-far|depot|filter|filter.path.payload-drop|filter.path.payload-drop|the router drops data on 445 and 139
fw-payload-rst-far|depot|filter|filter.path.payload-rst|reset-after-data|the router answers data with a reset
fw-smb1-dpi|nas7|filter|filter.path.smb1-blocked|filter.path.smb1-blocked|as smb1-blocked, of a client whose lowest dialect is SMB1 too
dns-slow-3|nas7|name|name.dns.slow|name.dns.slow|DNS answers after 3 s
dns-slow-6|nas7|name|name.dns.slow|name.dns.slow|DNS answers after 6 s
dns-stale-silent|nas7|name|name.dns.stale-live-host|name.dns.stale-live-host|DNS gives the address of another host, which drops SMB|silence
dns-rr-first-dead|nas7|name|name.dns.one-of-two-dead|name.dns.one-of-two-dead|three A records, two of them dead
hosts-wrong-live|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives a host without SMB
hosts-wrong-other|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives another file server
lmhosts-wrong-live|nas7|name|name.client.lmhosts-wrong|name.client.lmhosts-wrong|the lmhosts file gives a host without SMB
aaaa-no-route|nas7|none|none.healthy|healthy|A works, and to the IPv6 address in DNS this machine has no route, as one without IPv6 has none
wins-stale-live|nbdepot|netbios|netbios.wins.stale-address|netbios.wins.stale-address|WINS gives the address of another host
wins-off|nbdepot|netbios|netbios.wins.down|netbios.wins.down|the WINS server is an address nobody has|silence
nb-conflict-wins|nbnas|netbios|netbios.lan.name-conflict|netbios.lan.name-conflict|another host answers too, the client asks by broadcast first
smb-close-both|nas7|smb|smb.server.max-connections|smb.server.max-connections|something closes each connection at once
smb-rst-both|nas7|filter|filter.path.payload-rst|reset-after-data|something resets each connection at once
smb-http|nas7|smb|smb.path.port-forward-wrong|smb.path.port-forward-wrong|a web server answers on 445
smb-forwarded|nas7|smb|smb.path.port-forward-wrong|smb.path.port-forward-wrong|445 is forwarded to a web server on another host
smb-banner-far|depot|smb|smb.server.wrong-service|smb.server.wrong-service|an FTP banner answers on 445
smbd-max-held|nas7|smb|smb.server.max-connections|smb.server.max-connections|the server's three processes are all held
called-82-none|nas7|netbios|netbios.session.called-name|nbss-82|139 only; the session service refuses the server's own name
server-off-warm|nas7|ip|ip.server.off|l2-no-answer|the server is off and the client still has its hardware address
isolated-warm|nas7|link|link.lan.isolated-port|l2-no-answer|as vlan-isolated, and the client still has the hardware address
gateway-down-warm|depot|ip|ip.gateway.down|ip.gateway.down|the gateway is down and the client still has its hardware address
loss-5|nas7|link|link.path.loss|healthy/link.path.loss/open|5 % of the round trips on the server's link are lost
loss-10|nas7|link|link.path.loss|healthy/link.path.loss/open|10 % of the round trips on the server's link are lost
loss-40|nas7|link|link.path.loss|link.path.loss/open|40 % of the round trips on the server's link are lost
ok-ras-300|depot|none|none.healthy|healthy|a dialled link with a round trip of 0.3 s|timing
ok-ras-800|depot|none|none.healthy|healthy|a dialled link with a round trip of 0.8 s|timing
ras-delay-1500|depot|ras|ras.link.latency|healthy/ras.link.latency/open|round trip of 1.5 s|timing
two-nxdomain-off|nas7|name|name.dns.nxdomain|name.dns.nxdomain/open|DNS does not know the name, and the server is off|silence
two-stale-stopped|nas7|name|name.dns.stale-live-host|name.dns.stale-live-host/open|DNS gives another host, and the server service is stopped
two-drop-loss|nas7|filter|filter.server.drop-smb|fw-drop-smb/open|the server drops SMB, and 30 % of the round trips are lost
two-gateway-acl|depot|ip|ip.gateway.down|ip.gateway.down|the gateway is down, and would prohibit
two-flap-off|nas7|link|link.client.flapping|link.client.flapping|the client's link flaps, and the server is off
two-duplicate-stopped|nas7|link|link.lan.duplicate-address|link.lan.duplicate-address/open|another host has the address, and the server service is stopped
two-mtu-drop|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/open|large packets vanish, and 445 is dropped
two-ras-timing-loss|depot|ras|ras.timing.late-silent|ras.timing/link.path.loss/open|SMB passes only 8 s after link up, and 20 % of the round trips are lost
two-wins-dns-stale|nbdepot|netbios|netbios.wins.stale-address|netbios.wins.stale-address/open|WINS gives an address nobody has, and the server drops SMB
mid-drop-ends-1|nas7|none|none.healthy|healthy/open|the server drops SMB for another second|silence
mid-drop-ends-3|nas7|none|none.healthy|healthy/fw-drop-smb/open|the server drops SMB for another 3 s
mid-drop-ends-6|nas7|none|none.healthy|fw-drop-smb/open|the server drops SMB for another 6 s
mid-all-ends-2|nas7|none|none.healthy|healthy/open|the server drops everything for another 2 s|silence
mid-all-ends-5|nas7|none|none.healthy|arp-only/open|the server drops everything for another 5 s
mid-far-ends-4|depot|none|none.healthy|routed-silent/fw-drop-smb/open|the router drops everything for another 4 s
mid-refused-ends|nas7|none|none.healthy|healthy/tcp-refused-both/open|the server refuses SMB for another 0.3 s
mid-drop-begins|nas7|filter|filter.server.drop-smb|healthy/fw-drop-smb/open|the server drops SMB from 0.3 s on
mid-all-begins|nas7|filter|filter.server.drop-all|healthy/arp-only/open|the server drops everything from 0.3 s on
mid-off-begins|nas7|ip|ip.server.off|healthy/l2-no-answer/open|the server goes off after 0.3 s
ok-ipv6-only|nas7|none|none.healthy-dual-stack|healthy/open|DNS has the AAAA record only, and it works
ok-ipv6-refused|nas7|none|none.healthy|healthy/open|the server serves IPv4 only, and refuses on its AAAA address
ipv4-dead|nas7|name|name.dns.stale-dead|name.dns.stale-dead/open|the A record is an address nobody has, the AAAA record works
ok-hosts-right|nas7|none|none.healthy|healthy|the hosts file is right, and DNS gives another host
ok-case|NaS7|none|none.healthy|healthy|the name in odd case
ok-full-name|NAS7.Site9.Test|none|none.healthy|healthy|the whole name in odd case
hosts-wrong-case|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives a dead address, its name in odd case
ras-loss-20|depot|ras|ras.link.loss|link.path.loss|20 % of the round trips on the RAS link are lost|timing
ras-mtu-1000|depot|ras|ras.link.mtu-blackhole|ip.path.mtu-blackhole|the RAS link loses packets over 1000 bytes|timing
ras-delay-2s|depot|ras|ras.link.latency|ras.link.latency|round trip of 2.4 s
ras-delay-4s|depot|ras|ras.link.latency|ras.link.latency|round trip of 4 s
ras-delay-10s|depot|ras|ras.link.latency|ras.link.latency|round trip of 10 s
ras-timing-5s|depot|ras|ras.timing.late-silent|ras.timing|SMB passes only 5 s after link up (dropped before)
ras-timing-12s|depot|ras|ras.timing.late-silent|ras.timing|SMB passes only 12 s after link up (dropped before)
ras-timing-refused-5s|depot|ras|ras.timing.late-refused|ras.timing|SMB passes only 5 s after link up (refused before)
ras-timing-refused-12s|depot|ras|ras.timing.late-refused|ras.timing|SMB passes only 12 s after link up (refused before)
ras-timing-all|depot|ras|ras.timing.late-silent|ras.timing|nothing passes until 8 s after link up
ras-flaky-drop|depot|ras|ras.timing.random|ras.flaky|each new SMB connection is dropped with probability 0.6
ras-flaky-40|depot|ras|ras.timing.random|ras.flaky|each new SMB connection is refused with probability 0.4
ras-no-return-2|depot|ras|ras.server.no-return-route|ras.server.no-return-route|the server swallows what goes to the dialled-in network
ras-smb-stopped|depot|ras|smb.server.not-running|tcp-refused-both|over the RAS link: the server service is stopped|timing
ras-smb-dropped|depot|ras|filter.server.drop-smb|fw-drop-smb|over the RAS link: the server drops SMB|timing
own-address-taken|nas7|ip|ip.client.address-taken|ip.client.address-taken|another host on the LAN has the client's address|silence
own-address-taken-far|depot|ip|ip.client.address-taken|ip.client.address-taken|as own-address-taken, and the server is behind the router|silence
rule-unreachable|nas7|ip|ip.client.prohibit-route|ip.client.prohibit-route|a rule of the client says that SMB to anywhere is unreachable
rule-prohibit|depot|ip|ip.client.prohibit-route|ip.client.prohibit-route|a rule of the client forbids SMB to anywhere
rule-blackhole|depot|ip|ip.client.prohibit-route|ip.client.prohibit-route|a rule of the client swallows SMB
rule-dead-gateway|depot|ip|ip.client.wrong-gateway|ip.client.wrong-gateway/open|a rule of the client sends SMB by a gateway that nobody has
mtu-ssh|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|packets over 1000 bytes vanish on the way to an SSH server
mtu-https|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|packets over 300 bytes vanish on the way to a web server
mtu-sql|nas7|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|packets over 1300 bytes vanish on the way to a database
mtu-sql-answers|nas7|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/open|a database whose packets over 1300 bytes vanish, and none of the client's
mtu-ssh-no-ping|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|as mtu-ssh, and no ICMP passes
mtu-ssh-no-udp|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|as mtu-ssh, and the server drops datagrams
ok-ssh|nas7|none|none.healthy|healthy|an SSH server that works
ok-ssh-far|depot|none|none.healthy|healthy|an SSH server behind the router that works
ok-ssh-large-ping|depot|none|none.healthy|healthy|a firewall drops large pings before an SSH server, and nothing else
ok-ssh-small-mtu|depot|none|none.small-mtu|healthy|MTU 576 on the way to an SSH server, ICMP reports it
ok-ssh-no-ping|depot|none|none.icmp-filtered|healthy-no-icmp|an SSH server drops pings: what is said to it, a byte at a time, shows that nothing is lost
ok-ssh-no-ping-no-udp|depot|none|none.icmp-filtered|healthy-no-icmp|an SSH server drops all but port 22|answers
ok-sql|nas7|none|none.healthy|healthy|a database that takes connections
backend-refuses|nas7|smb|smb.server.flaky|tcp-flaky|one of three machines behind a balancer refuses
backend-refuses-at-random|nas7|smb|smb.server.flaky|tcp-flaky|a third of the connections at random is refused
backend-drops|nas7|smb|smb.server.flaky|tcp-flaky|one of three machines behind a balancer is silent|silence
backend-drops-far|depot|smb|smb.server.flaky|tcp-flaky|as backend-drops, behind the router|silence
ssh-drops-third|depot|smb|smb.server.flaky|tcp-flaky/open|as backend-drops-far, of an SSH server: five connections tell it from a loss only at times|silence
ssh-refuses-third|nas7|smb|smb.server.flaky|tcp-flaky|one of three machines behind a balancer refuses SSH
ssh-loss-50|depot|link|link.path.loss|link.path.loss/open|50 % of the round trips to an SSH server behind the router are lost
ssh-loss-50-no-ping|depot|link|link.path.loss|link.path.loss/open|as ssh-loss-50, and the server drops pings
hung-ssh-no-ping|depot|smb|smb.server.hung|tcp-mute/open|an SSH server behind the router drops pings, takes connections and says nothing
service-silent-elsewhere|nas7|smb|smb.server.hung|tcp-mute|an SSH server on port 2222 that takes connections and says nothing
reset-at-words|nas7|filter|filter.path.payload-rst|healthy/open|what a client says to a database is answered with a reset: nothing is said to it|silence
rp-filter-server|depot|ip|ip.server.reverse-path|routed-silent|the server behind the router drops what comes by another interface than its route back
rp-filter-router|depot|ip|ip.router.silent-drop|ip.client.gateway-not-router|the router drops what does not come by its own route back
conntrack-full|nas7|filter|filter.server.conntrack-full|fw-drop-smb/tcp-flaky/open|the server's table of connections is full
ras-late-3s|depot|ras|ras.timing.late-silent|ras.link.not-connected/ras.timing|the dialled link comes up 3 s after the diagnosis began|timing
client-fw-in|nas7|filter|filter.client.input-drop|filter.client.output-drop|the client's own firewall drops what comes from SMB ports
client-fw-all-in|nas7|filter|filter.client.input-drop|arp-only|the client's own firewall drops what comes from the server
server-mask-31|nas7|ip|ip.server.wrong-mask|arp-only/l2-no-answer|the server has /31 and no gateway
gateway-of-other-net|depot|ip|ip.client.wrong-gateway|ip.client.wrong-gateway/open|the default gateway is an address of another network, set as on link
smb-signing-required|nas7|none|none.healthy|healthy|the server demands signing and the client can
smb-encrypt-3|nas7|none|none.healthy|healthy|the server wants encryption and the client can
smb-server-208|nas7|none|none.healthy|healthy|the server speaks SMB 2.02 only, and the client does
wrong-share|nas7|auth|auth.share.no-such-share|auth.share.no-such-share/healthy|the share is not there, and the message is error 53
dns-ttl-two-servers|nas7|name|name.dns.stale-dead|name.dns.stale-dead/open|the first name server has an old dead address, the second the right one
hosts-ipv6-dead|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives a dead IPv6 address beside DNS
loss-to-server-30|nas7|link|link.path.loss|link.path.loss|30 % of what goes to the server is lost, nothing of what comes back
tcp-flags-dropped|nas7|filter|filter.path.one-way|fw-drop-smb|a firewall drops SYN packets with options, which are all
reset-only-445|nas7|filter|filter.server.reject-rst|healthy-139|445 is refused, 139 works
backlog-full-ssh|nas7|smb|smb.server.accept-queue-full|fw-drop-smb|the queue of connections of an SSH server is full
loopback-only-ssh|nas7|smb|smb.server.bound-to-loopback|tcp-refused-both|an SSH server listens on loopback only
hung-ssh-greeted|nas7|smb|smb.server.hung|tcp-flaky/tcp-mute/open|an SSH server greets one connection, takes others and says nothing, and drops three pings of ten|silence
two-ssh-one-hung|nas7|smb|smb.server.hung|name.dns.one-of-two-dead|two A records for an SSH server, and on the second connections come about and nobody greets|silence
slow-negotiate|nas7|none|none.healthy|healthy-no-netbios/open|the server takes 3 s for the first answer of each connection|silence
hung-ssh|nas7|smb|smb.server.hung|tcp-mute|an SSH server takes connections and says nothing
max-startups|nas7|smb|smb.server.max-connections|tcp-ended/tcp-flaky|an SSH server ends connections at once
ssh-is-http|nas7|smb|smb.server.wrong-service|tcp-other-service|on port 22 another service greets
sql-rejected-far|depot|ip|ip.router.admin-prohibited|ip.router.admin-prohibited|the router prohibits port 22
sql-port-unreach|nas7|filter|filter.server.reject-port-unreach|fw-reject-icmp-port|the server's firewall rejects port 5432 with ICMP
router-down-later|depot|ip|ip.gateway.down|ip.gateway.down/open|the gateway goes down after 0.3 s
wins-answers-broadcast|nbnas|none|none.healthy|healthy|WINS gives 255.255.255.255, a broadcast finds the host
two-default-routes|depot|ip|ip.client.wrong-gateway|ip.client.wrong-gateway|a second default route of lower metric leads to nobody
arp-ignored|nas7|ip|ip.server.arp-ignore|l2-no-answer/open|the server does not answer ARP
asymmetric|depot|none|none.healthy|healthy|answers come back by another router than requests went
ttl-low|depot|ip|ip.router.loop|ip.router.loop/routed-silent/open|the router takes packets whose life is about to end: TTL 1 arrives
ipv6-prefers-hang|nas7|filter|filter.server.drop-smb-ipv6|filter.server.drop-smb-ipv6|AAAA leads to a host that answers ping and no SMB by IPv6
ssh-v6-refused|nas7|none|none.healthy|healthy|SSH works by IPv4, and IPv6 refuses
vlan-one-way|nas7|link|link.lan.isolated-port|l2-no-answer/arp-only/open|frames of the client reach the server, and none come back
startups-fourth|nas7|smb|smb.server.max-connections|tcp-flaky/open|an SSH server turns every fourth connection away, the first too|silence
rr-one-refuses-some|nas7|name|smb.server.flaky|tcp-flaky/open|two A records for an SSH server, and every second connection to the second is refused|silence
cut-at-greeting|nas7|smb|smb.server.max-connections|tcp-ended|an SSH server greets and resets the connection at once
cut-soon|nas7|smb|smb.server.max-connections|tcp-ended|an SSH server greets and resets the connection 250 ms later, which the message tells of|silence
cut-far|depot|smb|smb.server.max-connections|tcp-ended|as cut-soon, behind the router|silence
cut-sql|nas7|smb|smb.server.max-connections|tcp-ended|a database ends the connection after 250 ms without a word, and the message tells of an end|silence
cut-of-any|nas7|smb|smb.server.max-connections|tcp-ended|a service of its own on port 7000 says its word and resets the connection
cut-third|nas7|smb|smb.server.flaky|tcp-flaky/healthy/open|every third connection to an SSH server is reset behind the greeting|silence
ok-cut-not|nas7|none|none.healthy|healthy|an SSH server that works, and a message of a reset
ok-word-and-close|nas7|none|none.healthy|healthy|a service on port 7000 says its word and closes, as the time of day does
ok-tls-other-name|nas7|none|none.healthy|healthy|a TLS server with a certificate of another name
ok-account-locked|nas7|none|none.healthy|auth.user.account-restricted|the account is locked, by its NT status
ok-clock-skew|nas7|none|none.healthy|healthy|Kerberos says that the clocks differ, and its port works
proxy-refused|nas7|smb|smb.server.not-running|tcp-refused-both|the proxy's port is refused
v6-name-no-route|nas7|ip|ip.client.no-default-route|ip.client.no-default-route/name.dns.no-a-record/open|DNS has an IPv6 address only, and this machine has no route of IPv6
hosts-stale-ssh|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives another host, which refuses SSH
dns-two-ssh|nas7|name|name.dns.one-of-two-dead|name.dns.one-of-two-dead|two A records for an SSH server, the first of them dead
fw-after-packets|nas7|filter|filter.path.payload-drop|filter.path.payload-drop/smb.server.hung/open|a firewall drops every packet of a connection but its first four
asymmetric-stateful|depot|filter|filter.path.payload-drop|filter.path.payload-drop/smb.server.hung/open|answers come back by another router, and the first one drops what belongs to no connection that it knows
suffix-surprise|nas7|name|name.dns.stale-live-host|name.dns.stale-live-host/open|the first search domain knows every name, and gives a host without SMB
nb-wrong-host|nbnas|netbios|netbios.lan.wrong-host|netbios.lan.wrong-host|another host alone answers the broadcast for the name
mtu-server-only|nas7|none|none.healthy|healthy/open|the server's own interface has MTU 1000, which its connections say
mtu-server-only-ssh|nas7|none|none.healthy|healthy/open|as mtu-server-only, of an SSH server
https-is-ssh|nas7|smb|smb.server.wrong-service|tcp-other-service/open|port 443 leads to an SSH server
banned|nas7|filter|filter.server.drop-smb|fw-drop-smb|an SSH server has banned this client: its packets to port 22 are dropped
banned-rejects|nas7|filter|filter.server.reject-port-unreach|fw-reject-icmp-port|an SSH server has banned this client, with an ICMP answer
ok-limit-ssh|nas7|none|none.healthy|healthy|an SSH server lets six connections in thirty seconds pass
vpn-route-stale|depot|ip|ip.client.wrong-gateway|ip.client.wrong-gateway/ip.gateway.down/l2-no-answer/routed-silent/open|a route of a VPN that is gone leads the server's network to nobody
bridge-overlaps|depot|ip|ip.client.mask-too-wide|ip.client.mask-too-wide/l2-no-answer/open|a bridge of this machine has the server's network, with nobody on it
bridge-overlaps-down|depot|link|link.client.no-carrier|link.client.no-carrier/ip.client.mask-too-wide/open|a bridge of this machine has the server's network, without a carrier
v6-only-listens|nas7|smb|smb.server.not-running|tcp-refused-both/open|an SSH server listens on IPv6 only, DNS has both
route-goes|depot|ip|ip.client.no-default-route|ip.client.no-default-route/healthy/open|the default route goes after 0.3 s|silence
two-dhcp|nas7|ip|ip.client.wrong-subnet|ip.client.wrong-subnet/open|a foreign DHCP server gave an address of another network, with a gateway that nobody has
two-nxdomain-stopped|nas7|name|name.dns.nxdomain|name.dns.nxdomain|DNS does not know the name, and the server service is stopped
two-nxdomain-gateway|depot|name|name.dns.nxdomain|name.dns.nxdomain/open|DNS does not know the name, and the gateway is down|silence
two-hosts-stopped|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives a dead address, and the server service is stopped
two-acl-stopped|depot|ip|ip.router.admin-prohibited|ip.router.admin-prohibited|the router prohibits, and the server service is stopped
two-aaaa-dead-drop|nas7|filter|filter.server.drop-smb|fw-drop-smb/open|the server drops SMB, and its IPv6 address in DNS is dead
two-loss-stopped|nas7|smb|smb.server.not-running|tcp-refused-both/link.path.loss/open|30 % of the round trips are lost, and the server service is stopped
two-dns-behind-gateway|nas7|ip|ip.gateway.down|ip.gateway.down/open|the only name server is behind the gateway, which is down, and the server is on this LAN|silence
router-port-unreach|depot|filter|filter.router.reject-port-unreach|fw-reject-icmp-port|the router answers SMB with ICMP port unreachable
router-net-prohib|depot|ip|ip.router.admin-prohibited|ip.router.admin-prohibited|the router answers ICMP network prohibited
router-host-prohib|depot|ip|ip.router.admin-prohibited|ip.router.admin-prohibited|the router answers ICMP host prohibited
router-prohib-client|depot|ip|ip.router.admin-prohibited|ip.router.admin-prohibited|the router prohibits this client alone
ssh-host-prohib|nas7|filter|filter.server.reject-prohibited|fw-reject-icmp-prohib|the server's firewall rejects port 22 with host prohibited, and ssh says No route to host
dnat-dead-far|depot|filter|smb.path.port-forward-dead|fw-reject-icmp-prohib|the router hands SMB on to an address that nobody has|silence
redirect-client|nas7|filter|filter.client.redirect|tcp-refused-both|this machine's own rules send SMB to this machine, where nothing listens
synack-other-address|nas7|filter|filter.path.one-way|fw-drop-smb|the server answers connections from another address than was asked
synproxy-stopped|nas7|filter|filter.path.proxy|reset-after-data/tcp-ended/open|what stands before the server takes every connection itself, and the service is stopped
tarpit|nas7|smb|smb.server.hung|smb.server.hung/open|a tarpit takes connections to SMB and keeps its window closed
tarpit-ssh|nas7|smb|smb.server.hung|tcp-mute|a tarpit takes connections to SSH and keeps its window closed
smb-drip|nas7|smb|smb.server.hung|smb.server.hung/smb.server.wrong-service/open|what listens on the SMB ports says a byte a second
smb-echo|nas7|smb|smb.server.wrong-service|smb.server.wrong-service/smb.path.port-forward-wrong/open|what listens on the SMB ports says what was said to it
smb-eof|nas7|smb|smb.server.max-connections|smb.server.max-connections/reset-after-data/open|what listens on the SMB ports closes at the first words
smb-tls|nas7|smb|smb.server.wrong-service|smb.server.wrong-service/smb.server.max-connections|a TLS server listens on port 445
smb3-min|nas7|smb|smb.dialect.server-smb311-only|smb.dialect.server-smb311-only/open|the server wants SMB 3, the client stops at 2.1
smb-client-311|nas7|smb|smb.dialect.server-too-old|smb.dialect.server-too-old|the client wants SMB 3.1.1, the server stops at 2.1
ok-anonymous-denied|nas7|none|none.healthy|healthy/auth.server.guest-off|the server denies anonymous sessions, and users may log on
ok-called-star|nas7|none|none.old-server|healthy-139/nbss-82|139 only; the session service takes *SMBSERVER alone
ok-dns-first-servfail|nas7|none|none.healthy|healthy|the first name server answers SERVFAIL, the second knows the name
dns-empty|nas7|name|name.dns.no-a-record|name.dns.no-a-record|DNS answers without an error and without a record, as a lame delegation does
dns-truncated-tcp|nas7|name|name.dns.truncated|name.dns.truncated|the DNS answer is truncated, and TCP to port 53 is dropped|silence
dns-cname-loop|nas7|name|name.dns.dangling-cname|name.dns.dangling-cname|in DNS the name is an alias of itself
dns-prohibited|nas7|name|name.dns.filtered|name.dns.filtered|the firewall of the DNS host answers questions with ICMP prohibited
dns-other-address|nas7|name|name.dns.filtered|name.dns.filtered|the answers to DNS questions come from another address of the DNS host
dns-hijack-public|nas7|name|name.dns.stale-dead|name.dns.stale-dead|DNS gives a public address for every name, and the router drops what goes there
dns-hijack-unreach|nas7|name|name.dns.stale-dead|name.dns.stale-dead/ip.router.net-unreachable/open|DNS gives a public address for every name, and the router knows no way there
dns-fourth|nas7|name|name.dns.host-down|name.dns.host-down|of four name servers three are addresses that nobody has, and a resolver asks three
resolv-garbage|nas7|name|name.client.no-dns-configured|name.client.no-dns-configured|the line of the name server has a sign too much
hosts-crlf|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives a dead address, and its lines end as DOS's do
hosts-comment|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives a dead address, a comment at once behind the name
ok-hosts-full-name|nas7|none|none.healthy|healthy|the hosts file has a dead address for the full name, and the short one is asked for
ok-suffix-second|nas7|none|none.healthy|healthy|the second search domain has the name
ok-full-name-dot|nas7.site9.test.|none|none.healthy|healthy|the full name with its last dot
ok-reverse-wrong|192.168.0.10|none|none.healthy|healthy|the server by its address, whose name in DNS is another host's
address-old|192.168.0.99|ip|ip.server.off|l2-no-answer|the server by an address that nobody has
address-typo|192.186.0.10|ip|ip.router.net-unreachable|ip.router.net-unreachable|the server by an address of a network that the router does not know
ok-client-scope|nbnas|none|none.healthy|healthy|this machine uses a NetBIOS scope, which WINS does not mind
wins-two|nbdepot|netbios|netbios.wins.stale-address|healthy/netbios.wins.stale-address/name.dns.one-of-two-dead/open|WINS gives two addresses, the first of them dead
lmhosts-pre|nas7|name|name.client.lmhosts-wrong|name.client.lmhosts-wrong|the lmhosts file gives a dead address, with its marks
proxy-arp-off|nas7|ip|ip.server.off|l2-no-answer/ip.server.down-behind-router/open|the server is off, and the router answers ARP for it
static-arp-live|nas7|link|link.client.static-arp-wrong|link.client.static-arp-wrong|a permanent ARP entry leads to another host that is up
static-arp-gateway|depot|link|link.client.static-arp-wrong|link.client.static-arp-wrong|a wrong permanent ARP entry for the gateway
server-static-arp|nas7|ip|ip.server.static-arp-wrong|arp-only|the server has a wrong permanent ARP entry for this machine
ok-static-arp|nas7|none|none.healthy|healthy|a permanent ARP entry that is right
duplicate-gateway|depot|link|link.lan.duplicate-address|link.lan.duplicate-address|another host has the gateway's address|silence
route-unreachable|depot|ip|ip.client.prohibit-route|ip.client.prohibit-route|a local route says that the server's subnet is unreachable
route-specific-dead|depot|ip|ip.client.wrong-gateway|ip.client.wrong-gateway|a route to the server alone leads by an address that nobody has
route-specific-host|depot|ip|ip.client.gateway-not-router|ip.client.gateway-not-router|a route to the server alone leads by a host that does not forward
route-on-link|depot|ip|ip.client.on-link-route|ip.client.mask-too-wide|a route says that the server's subnet is on this LAN
source-address|depot|ip|ip.client.wrong-source|routed-silent/ip.client.gateway-not-router/open|a route sends from an address that nobody knows the way back to
mtu-back|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|packets over 300 bytes vanish on the way back
mtu-back-tcp|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/open|TCP packets over 300 bytes vanish on the way back, pings do not
ok-jumbo-client|nas7|none|none.healthy|healthy|this machine's interface has MTU 9000, the LAN 1500
ok-jumbo-far|depot|none|none.healthy|healthy|as ok-jumbo-client, and the server is behind the router
jumbo-switch|nas7|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|both ends send frames of 9000 bytes, and the switch between drops what is over 1500
jumbo-switch-ssh|nas7|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|as jumbo-switch, of an SSH server
jumbo-switch-web|nas7|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|as jumbo-switch, of a web server
ok-jumbo|nas7|none|none.healthy|healthy|both ends send frames of 9000 bytes, and so does the switch
ok-jumbo-ssh|nas7|none|none.healthy|healthy|as ok-jumbo, of an SSH server
ok-mss-clamped|depot|none|none.healthy|healthy|packets over 1000 bytes vanish, and the router sees to it that connections have none
half-duplex|nas7|link|link.path.loss|link.path.loss/ip.path.mtu-blackhole/healthy/open|half of the packets over 500 bytes are lost
tun-dead|depot|ras|ras.link.dead-peer|routed-silent/ras.link.dead-peer/open|the way is over a tunnel whose far end is dead, and nobody said that it was dialled|timing
ok-ras-default|depot|none|none.healthy|healthy|the default route is over a tunnel
ras-down-dns|depot|ras|ras.link.down|ras.link.down|the dialled link is down, and DNS is silent
ras-other-link|depot|ras|ras.link.not-connected|ras.link.not-connected|the dialled link is not there, and another tunnel is
ras-peer-acl|depot|ip|ip.router.admin-prohibited|ip.router.admin-prohibited|the far end of the dialled link prohibits what goes further
ras-peer-alone|depot|ip|ip.router.silent-drop|ras.server.no-return-route/routed-silent/open|the far end of the dialled link forwards nothing
ras-goes|depot|ras|ras.link.not-connected|ras.link.not-connected/healthy/ras.flaky/open|the dialled link goes away after 0.3 s|timing
own-name|client|smb|smb.server.not-running|tcp-refused-both|the message is about this machine itself
first-three|nas7|filter|filter.server.limit|healthy/tcp-flaky/open|the first three connections pass, and no other|silence
mid-gateway-returns|depot|none|none.healthy|healthy/ip.gateway.down/open|the gateway is down for another 1.5 s|silence
mid-dns-ends|nas7|none|none.healthy|healthy/healthy-slow/name.dns.slow/open|DNS drops questions for another 2 s|silence
ok-slow-server-5|nas7|smb|smb.server.hung|smb.server.hung/healthy-no-netbios/open|the server takes 5 s for the first answer of each connection|silence
ssh-nxdomain|nas7|name|name.dns.nxdomain|name.dns.nxdomain|DNS does not know an SSH server, NetBIOS does
curl-dns-stopped|nas7|name|name.dns.not-listening|name.dns.not-listening|the DNS service is stopped, and curl says that it could not resolve the host
mount-off|nas7|ip|ip.server.off|l2-no-answer|the server is off, and mount says that the host is down
mtu-back-no-ping|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/open|packets over 300 bytes vanish on the way back, and no ping passes
mtu-no-ping|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/open|packets over 300 bytes vanish both ways, and no ping passes
mtu-1400-no-ping|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/healthy-no-icmp/open|packets over 1400 bytes vanish both ways, and no ping passes
dns-far-dead|nas7|name|name.dns.host-down|name.dns.host-down/open|the only name server is behind the router, and off|silence
dns-far-no-route|nas7|name|name.dns.host-down|name.dns.host-down/ip.router.net-unreachable/open|the only name server is in a network that the router does not know|silence
dns-far-prohibited|nas7|name|name.dns.filtered|name.dns.filtered/open|the router prohibits what goes to the only name server, which is behind it|silence
dns-alias-v6|nas7|name|name.dns.no-a-record|name.dns.no-a-record|in DNS the name is an alias of one that has an IPv6 address only, where nobody is|silence
dns-two-lines|nas7|name|name.dns.host-down|name.dns.host-down|two name servers in one line, of which the first is dead and the second is not read|silence
resolv-indent|nas7|name|name.client.no-dns-configured|name.client.no-dns-configured|the line of the name server begins with a blank
smb2-min-3|nas7|smb|smb.dialect.server-too-old|smb.dialect.server-too-old|the client wants SMB 3, the server has 2.02 alone
ok-smb-equal|nas7|none|none.healthy|healthy|client and server speak SMB 3.0 and nothing else
smb-client-302|nas7|smb|smb.dialect.server-smb311-only|smb.dialect.server-smb311-only|the server wants SMB 3.1.1, the client stops at 3.0.2
ssh-far-duplicate-gateway|depot|link|link.lan.duplicate-address|link.lan.duplicate-address|another host has the gateway's address, and SSH times out|silence
hung-no-ping|nas7|smb|smb.server.hung|smb.server.hung|the service hangs, and the server answers no ping
hung-far-no-ping|depot|smb|smb.server.hung|smb.server.hung|as hung-no-ping, behind the router
payload-no-ping|nas7|filter|filter.path.payload-drop|filter.path.payload-drop|data to SMB is dropped, and the server answers no ping|silence
drop-no-ping|nas7|filter|filter.server.drop-smb|fw-drop-smb|the server drops SMB and pings, and tells its NetBIOS names
drop-far-no-ping|depot|filter|filter.server.drop-smb|fw-drop-smb|as drop-no-ping, behind the router
drop-445-no-ping|nas7|filter|filter.server.drop-445|fw-drop-445|445 is dropped, 139 is refused, and the server answers no ping
drop-far-no-netbios|depot|filter|filter.server.drop-smb|fw-drop-smb|the server drops SMB and pings, and has no NetBIOS
loss-30-no-ping|nas7|link|link.path.loss|link.path.loss/healthy-no-icmp/open|30 % of the round trips are lost, and the server answers no ping
stopped-no-ping|depot|smb|smb.server.not-running|tcp-refused-both|the server service is stopped, and the server answers no ping
stale-no-ping|nas7|name|name.dns.stale-live-host|name.dns.stale-live-host|DNS gives another host, and no host answers pings
ras-late-no-ping|depot|ras|ras.link.latency|ras.link.latency|a round trip of 7 s over the dialled link, and the server answers no ping
ras-drop-no-ping|depot|ras|filter.server.drop-smb|fw-drop-smb/open|over the dialled link: the server drops SMB and pings|timing
two-dns-gateway-off|nas7|name|name.dns.host-down|name.dns.host-down|the name server on this LAN is off, and the gateway, too|silence
two-dns-dropped-gateway|nas7|name|name.dns.filtered|name.dns.filtered|the name server on this LAN drops questions, and the gateway is off
gw-two-nics-drop|depot|filter|filter.server.drop-smb|fw-drop-smb|the gateway has two interfaces on this LAN and answers ARP on both; the server drops SMB
gw-two-nics-stopped|depot|smb|smb.server.not-running|tcp-refused-both|as gw-two-nics-drop, and the server service is stopped
gw-two-nics-off|depot|ip|ip.server.down-behind-router|ip.server.down-behind-router/routed-silent/open|as gw-two-nics-drop, and the server is off
gw-two-nics-acl|depot|ip|ip.router.admin-prohibited|ip.router.admin-prohibited|as gw-two-nics-drop, and the router prohibits
srv-two-nics|nas7|none|none.healthy|healthy|the server has two interfaces on this LAN and answers ARP on both|answers
srv-two-nics-drop|nas7|filter|filter.server.drop-smb|fw-drop-smb|as srv-two-nics, and the server drops SMB
srv-two-nics-stopped|nas7|smb|smb.server.not-running|tcp-refused-both|as srv-two-nics, and the server service is stopped
srv-two-nics-no-ping|nas7|filter|filter.server.drop-smb|fw-drop-smb/open|as srv-two-nics-drop, and the server drops pings: nothing tells it from two hosts|silence
duplicate-drop|nas7|link|link.lan.duplicate-address|link.lan.duplicate-address|another host has the server's address, and both drop SMB|silence
duplicate-works|nas7|link|link.lan.duplicate-address|link.lan.duplicate-address|another host has the server's address, and is the quieter one
ok-dns-here|nas7|none|none.healthy|healthy|resolv.conf names no name server, and one runs on this machine
dns-v6-stopped|nas7|name|name.dns.not-listening|name.client.wrong-dns-server|the only name server has an IPv6 address, in capitals, and refuses questions to it; by IPv4 it answers
resolv-comment|nas7|none|none.healthy|healthy|a comment follows the name server at once
dns-stub-gateway|depot|ip|ip.gateway.down|ip.gateway.down/open|resolv.conf names a forwarder on this machine, whose server is behind the gateway, which is down|silence
mtu-pppoe|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|packets over 1492 bytes vanish, as behind a PPPoE line whose router says nothing of it
mtu-tunnel|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|packets over 1450 bytes vanish, as in a tunnel
mtu-tunnel-no-ping|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|as mtu-tunnel, and no ICMP passes
mtu-ssh-pppoe|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|packets over 1492 bytes vanish on the way to an SSH server
mtu-https-tunnel|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|packets over 1450 bytes vanish on the way to a web server
ok-mtu-pppoe|depot|none|none.small-mtu|healthy|MTU 1492 on the path, which ICMP reports
ok-mtu-clamped-pppoe|depot|none|none.healthy|healthy|packets over 1492 bytes vanish, and the router sees to it that connections have none
server-net-unreach|nas7|filter|filter.server.reject|fw-reject-icmp-prohib/fw-reject-icmp-port/open|the server's firewall answers SMB with ICMP net unreachable
server-proto-unreach|nas7|filter|filter.server.reject|fw-reject-icmp-prohib/fw-reject-icmp-port/open|the server's firewall answers SMB with ICMP protocol unreachable
router-net-unreach-smb|depot|filter|filter.router.reject|ip.router.admin-prohibited|the router answers SMB alone with ICMP net unreachable, and the server is up
portal-prohibits|depot|ip|ip.router.admin-prohibited|ip.router.admin-prohibited|the router of a guest network prohibits all that this client sends to anywhere
portal-resets|depot|filter|filter.router.reject-rst|tcp-refused-both/open|the router of a guest network resets every connection and drops the rest
proxy-takes-all|depot|ip|ip.server.off|smb.server.max-connections/reset-after-data/open|the router takes every SMB connection itself and closes it, and the server is off
hairpin|nas7|name|name.dns.external-address|fw-drop-smb/name.dns.stale-live-host/open|DNS gives the router's outer address, which hands SMB back to the LAN, and the answers come straight from the server
ok-hairpin|nas7|none|none.healthy|healthy/name.dns.stale-other-server/open|as hairpin, and the router puts its own address on what it hands back
fw-rate-all|nas7|filter|filter.path.rate-limit|healthy/link.path.loss/tcp-flaky/open|a limit of 30 packets in a second to the server, of all kinds
client-fw-no-answers|nas7|filter|filter.client.input-drop|open|the client's own firewall drops whatever comes in, but ARP|silence
dhcp-wrong-dns|nas7|name|name.client.wrong-dns-server|name.client.wrong-dns-server/name.dns.filtered|a foreign DHCP server gave a name server that is none and drops questions|silence
dhcp-lease-gone|nas7|ip|ip.client.no-address|ip.client.no-address/healthy/open|the client's address goes after 0.3 s|silence
ok-apipa-second|nas7|none|none.healthy|healthy|the client has an address of 169.254 beside its own
ok-mask-32|nas7|none|none.healthy|healthy|the client has /32 and a route to its gateway, which hands all on
wrong-mask-32|nas7|ip|ip.client.wrong-mask|ip.client.wrong-mask/ip.client.no-default-route|the client has /32 and no route
wrong-mask-25|nas7|ip|ip.client.wrong-mask|ip.client.wrong-mask/ip.client.no-default-route/healthy/open|the client has .130/25, the server is in the other half, and there is no gateway
dns-split-horizon|nas7|name|name.dns.stale-live-host|name.dns.stale-live-host/open|the first name server has the view from outside, the router's address
ok-dns-first-refused|nas7|none|none.healthy|healthy|the first name server answers REFUSED, the second knows the name
ok-dns-first-stopped|nas7|none|none.healthy|healthy|on the first name server nothing listens, the second knows the name
dns-slow-15|nas7|name|name.dns.slow|healthy-slow/name.dns.slow/healthy/open|DNS answers after 1.5 s
hosts-stale-works|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong/healthy|the hosts file gives another host, which serves SSH as well
nsswitch-return|nas7|name|name.client.nsswitch-no-dns|name.client.nsswitch-no-dns|nsswitch.conf ends the search behind the hosts file
ssh-v6-dropped|nas7|filter|filter.server.drop-smb-ipv6|filter.server.drop-smb-ipv6|SSH works by IPv4 and is dropped by IPv6, and DNS has both
v6-prohibited|nas7|filter|filter.server.drop-smb-ipv6|healthy/filter.server.drop-smb-ipv6/open|SMB is prohibited by IPv6 and works by IPv4
signing-reverse|nas7|smb|smb.security.signing-mismatch|smb.security.signing-mismatch|the server demands signing, and the client, of SMB1, has it off
guest-never|nas7|auth|auth.server.guest-off|auth.server.guest-off/auth.share.access-denied/healthy|guests are refused, anonymous sessions not, and the client sends no user
share-deny|nas7|auth|auth.share.access-denied|auth.share.access-denied/auth.share.no-such-share/healthy/open|the share alone denies this client by its address
share-unavailable|nas7|auth|auth.share.no-such-share|auth.share.no-such-share|the share is set to be unavailable
ok-wins-second|nbdepot|none|none.healthy|healthy/healthy-slow|of two WINS servers the first is an address that nobody has|silence
wins-other-host|nbdepot|netbios|netbios.wins.down|netbios.wins.down|the WINS server set is a host that has none
nb-long-name|averylongservername|name|name.user.no-such-name|name-unknown|a name of more than 15 letters that nobody knows
wins-stale-dns-right|nas7|netbios|netbios.wins.stale-address|netbios.wins.stale-address|WINS, which is asked first, gives an address that nobody has, and DNS the right one
ras-flap|depot|ras|ras.link.flapping|link.client.flapping/ras.flaky/ras.link.down/open|the dialled link goes up and down|timing
ras-9600|depot|none|none.healthy|healthy/link.path.too-slow/open|the dialled link carries 9.6 kbit/s each way|timing
ras-timing-16s|depot|ras|ras.timing.late-silent|ras.timing/open|SMB passes only 16 s after link up (dropped before)
ras-one-way|depot|ras|ras.link.dead-peer|ras.link.dead-peer|the far end of the dialled link does not hear this one
same-lan-twice|nas7|ip|ip.client.wrong-route|l2-no-answer/ip.client.wrong-subnet/open|the client has two interfaces in one network, and prefers the one that leads nowhere
router-next-hop-dead|depot|ip|ip.router.next-hop-dead|ip.server.down-behind-router/open|the router sends what is for the server to a next router that is gone
server-gateway-wrong|depot|ip|ip.server.no-return-route|routed-silent|the server's default gateway is an address that nobody has
two-hosts-nxdomain|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives a dead address, and DNS does not know the name
two-mtu-loss|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/link.path.loss/open|packets over 500 bytes vanish, and 20 % of the round trips are lost
two-drop-dns-slow|nas7|filter|filter.server.drop-smb|fw-drop-smb/name.dns.slow/open|the server drops SMB, and DNS answers after 2 s
two-hung-loss|nas7|smb|smb.server.hung|smb.server.hung/link.path.loss/open|the service hangs, and 20 % of the round trips are lost
snmp-closed|nas7|filter|service.not-running|udp-closed|nothing listens for SNMP on the server
snmp-dropped|nas7|filter|filter.server.drop-udp|udp-dropped/udp-unanswered/open|the server's firewall drops SNMP
ssh-refused-ras|depot|smb|smb.server.not-running|tcp-refused-both/open|over the dialled link an SSH server is stopped: five connections do not tell that from one that is only late|timing
smtp-mute|nas7|smb|smb.server.hung|tcp-mute|a mail server behind a proxy that waits for the client to speak first
mtu-ras-tunnel|depot|ras|ras.link.mtu-blackhole|ip.path.mtu-blackhole|the RAS link loses packets over 1450 bytes|timing
mtu-back-tunnel|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/healthy/open|packets over 1450 bytes vanish on the way back: a finding says so
mtu-back-ssh-no-ping|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/healthy-no-icmp/open|packets over 1000 bytes of an SSH server vanish, and no ping passes: a finding says so
hosts-alias|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file gives a dead address, the name is its line's second
ok-ping-prohibited|depot|none|none.icmp-filtered|healthy-no-icmp/healthy|the router answers pings with ICMP prohibited, and nothing else
fw-445-prohibited-far|depot|none|none.445-filtered-139-open|healthy-139|the router prohibits 445 alone
fw-445-port-unreach|nas7|none|none.445-filtered-139-open|healthy-139|the server's firewall rejects 445 with ICMP port unreachable, 139 works
client-has-servers-address|nas7|ip|ip.client.address-taken|ip.client.address-taken|this machine was given the server's address
client-unheard|nas7|link|link.lan.isolated-port|l2-no-answer/ip.gateway.down/open|the switch drops every frame of this machine's
router-prohibits-ping-drops|depot|filter|filter.router.drop-smb|fw-drop-smb/open|the router drops SMB and answers pings with prohibited
v6-router-prohibits|nas7|none|none.healthy|healthy|SSH works by IPv4, and IPv6 is rejected with administratively prohibited
client-ttl-1|depot|ip|ip.path.life-ends|ip.path.life-ends|this machine sends with a life of 1
router-ttl-1|depot|ip|ip.path.life-ends|ip.path.life-ends|the router sets the life of what it forwards to 1|silence
way-back-loops|depot|ip|ip.router.loop|routed-silent/ip.client.gateway-not-router|the server's answers go round between two routers
rule-source|nas7|ip|ip.client.prohibit-route|ip.client.prohibit-route|a rule sends what comes from this machine's address into a hole
rule-source-prohibit|depot|ip|ip.client.prohibit-route|ip.client.prohibit-route|a rule prohibits what comes from this machine's address
hosts-v6-works|nas7|none|none.healthy|healthy|the hosts file alone has the name, with its IPv6 address, and it works
hosts-v6-refused|nas7|name|name.client.hosts-file-wrong|name.client.hosts-file-wrong|the hosts file has the IPv6 address of another host
nss-dns-first|nas7|none|none.healthy|healthy|nsswitch.conf asks DNS before the hosts file, which is wrong
nss-dns-last-word|nas7|name|name.dns.nxdomain|name.dns.nxdomain|nsswitch.conf ends the search behind DNS, and the hosts file alone has the name
suffix-first-dead|nas7|name|name.dns.stale-dead|name.dns.stale-dead/name.client.search-suffix|both search domains have the name, the first with a dead address
alias-of-aliases|nas7|name|name.dns.stale-dead|name.dns.stale-dead|the name is an alias over three steps of an address nobody has
second-refuses|nas7|name|name.dns.one-of-two-dead|name.dns.one-of-two-dead|two A records, the second of a host that refuses SMB
v6-only-stopped|nas7|smb|smb.server.not-running|tcp-refused-both|AAAA alone, and SSH is refused there
v6-nd-filtered|nas7|name|name.dns.aaaa-dead|name.dns.aaaa-dead|A and AAAA, and the server does not answer neighbour discovery
v6-router-dead|nas7|name|name.dns.aaaa-dead|name.dns.aaaa-dead|AAAA is right, and behind an IPv6 router that is gone
smb1-and-deny|nas7|smb|smb.server.hosts-deny|smb.server.hosts-deny/smb.dialect.client-smb1-only|the client speaks SMB1 alone, and the server, of SMB2, denies it as well
kdc-refused|nas7|smb|smb.server.not-running|tcp-refused-both|kinit finds no KDC: nothing listens on port 88
share-hidden|nas7|none|none.healthy|healthy|a hidden share, of a name that ends in $
printer|nas7|none|none.healthy|healthy|a share that is a printer's
account-locked|nas7|auth|auth.user.account-locked|auth.user.account-restricted|the account is locked out (error 1909)
account-expired|nas7|auth|auth.user.account-expired|auth.user.account-restricted|the account has expired (error 1793)
two-gateways|depot|none|none.healthy|healthy|the default route has two gateways in turn, and both lead there
two-gateways-one-dead|depot|ip|ip.gateway.down|link.path.loss/tcp-flaky/ip.gateway.down/ip.client.wrong-gateway/healthy/healthy-no-icmp/open|the default route has two gateways in turn, and one is gone|silence
two-nics-stopped|nas7|smb|smb.server.not-running|tcp-refused-both|the server is on a second network, answers ARP for that address on the first one, too, and its service is stopped
ras-peer-itself|192.168.2.1|smb|smb.server.not-running|tcp-refused-both|the RAS server itself, which serves no files, is asked|timing
ras-host-route|depot|ras|ras.client.no-route-over-link|ras.client.no-route-over-link|the link is up, and a route for the server alone leads by the LAN
ras-fourth|depot|ras|ras.timing.late-refused|ras.timing/ras.flaky|the first three connections over the link are refused, and all others pass|timing
rule-user|nas7|ip|ip.client.prohibit-route|ip.client.prohibit-route|a rule prohibits all that this user sends
lmhosts-sixteenth|nas7|name|name.client.lmhosts-wrong|name.client.lmhosts-wrong|lmhosts has the name with its sixteenth byte, and a dead address
server-slow-syn|nas7|none|none.healthy|healthy|the first request to connect of each is dropped, as some guards do: a finding says so|silence
ok-hosts-dns-v6-dead|nas7|none|none.healthy|healthy|the hosts file has the IPv4 address, and DNS a dead IPv6 one, which is not asked
rule-source-works|depot|none|none.healthy|healthy|a rule sends what comes from this machine's address by a table that leads there, and the main one does not
two-gateways-one-host|depot|ip|ip.client.gateway-not-router|tcp-flaky/link.path.loss/ip.client.gateway-not-router/routed-silent/healthy/open|the default route has two gateways in turn, and one is a host that does not forward: a finding says so|silence
two-gateways-dead|depot|ip|ip.client.wrong-gateway|ip.client.wrong-gateway|the default route has two gateways in turn, and nobody has either address
client-fw-v6|nas7|none|none.healthy|healthy|the client's own firewall rejects SSH by IPv6, at once, and IPv4 works
client-fw-v6-smb|nas7|none|none.healthy|healthy|as client-fw-v6, of SMB
client-fw-v6-drop|nas7|filter|filter.client.output-drop|filter.server.drop-smb-ipv6/open|the client's own firewall drops SSH by IPv6, and IPv4 works
v4-dead-v6-ssh|nas7|none|none.healthy|healthy/name.dns.stale-dead/open|the A record of an SSH server is an address nobody has, by IPv6 it works|silence
v4-dropped-v6-ssh|nas7|none|none.healthy|healthy/fw-drop-smb/open|SSH is dropped by IPv4 and works by IPv6|silence
v6-mtu-smb-silent|nas7|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole-ipv6|A and AAAA, IPv6 packets over 1000 bytes vanish, and the server drops ICMP and datagrams of IPv6|silence
v6-mtu-ssh-silent|nas7|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole-ipv6|as v6-mtu-smb-silent, of an SSH server|silence
ok-v6-silent|nas7|none|none.healthy|healthy|A and AAAA, and the server drops all of IPv6 but connections|silence
v6-loss-40|nas7|link|link.path.loss|link.path.loss-ipv6/open|A and AAAA, and 40 % of the round trips by IPv6 are lost|silence
v6-loss-40-ssh|nas7|link|link.path.loss|link.path.loss-ipv6/open|as v6-loss-40, of an SSH server|silence
v6-other-server|nas7|name|name.dns.aaaa-wrong|name.dns.aaaa-other-server/open|the AAAA record is another file server's|silence
v6-hung|nas7|smb|smb.server.hung|tcp-ended-ipv6|by IPv6 something takes connections to 445 and says nothing, by IPv4 SMB works|silence
v6-second-dead|nas7|name|name.dns.one-of-two-dead|name.dns.one-of-two-dead/name.dns.aaaa-dead|two AAAA records, one of them dead
dns-rr-fourth-dead|nas7|name|name.dns.one-of-two-dead|name.dns.one-of-two-dead|five A records, one of them dead
ok-dns-rr-five|nas7|none|none.healthy|healthy|five A records of one server|answers
v6-mtu-both|nas7|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole-ipv6|A and AAAA of an SSH server, and IPv6 packets over 1000 bytes vanish|silence
v6-far|depot|none|none.healthy|healthy|an SSH server behind the router that DNS has by IPv6 alone
v6-far-drop|depot|filter|filter.router.drop|fw-drop-smb|as v6-far, and the router drops SSH
v6-far-prohibited|depot|ip|ip.router.admin-prohibited|ip.router.admin-prohibited|as v6-far, and the router prohibits SSH
v6-far-all-prohibited|depot|ip|ip.router.admin-prohibited|ip.router.admin-prohibited|as v6-far, and the router prohibits all
v6-far-mtu|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole/open|as v6-far, and packets over 1300 bytes vanish
v6-far-no-route|depot|ip|ip.router.net-unreachable|ip.router.net-unreachable|as v6-far, and the router has no route there
v6-far-off|depot|ip|ip.server.down-behind-router|ip.server.down-behind-router/open|as v6-far, and the server is off
v6-far-silent|depot|ip|ip.router.silent-drop|routed-silent/open|as v6-far, and the router drops all
v6-far-refused|depot|smb|smb.server.not-running|tcp-refused-both|as v6-far, and SSH is stopped
v6-gateway-dead|depot|ip|ip.client.wrong-gateway|ip.client.wrong-gateway/ip.gateway.down/open|as v6-far, and the IPv6 gateway is an address nobody has
v6-source|depot|ip|ip.client.wrong-source|routed-silent/ip.client.gateway-not-router/open|as v6-far, and the route sends from an address that nobody knows the way back to
v6-off-client|nas7|ip|ip.client.no-address|ip.client.no-default-route/ip.client.no-address/name.dns.no-a-record/open|DNS has an IPv6 address alone, and this machine has IPv6 turned off
ok-v6-off-client|nas7|none|none.healthy|healthy|A and AAAA, and this machine has IPv6 turned off
ok-v6-no-route|nas7|none|none.healthy|healthy|SSH by IPv4 works, and to the IPv6 address in DNS this machine has no route
ok-hosts-mapped|nas7|none|none.healthy|healthy/open|the hosts file has the IPv4 address in IPv6's notation
nat64-missing|depot|ip|ip.router.net-unreachable|ip.router.net-unreachable|DNS makes an IPv6 address of the server's IPv4 one (64:ff9b::/96), and the router knows no way there
ok-dns-many|nas7|none|none.healthy|healthy|DNS gives so many addresses that they do not fit into a datagram, and all of them serve|answers
dns-large-lost|nas7|name|name.dns.filtered|name.dns.filtered/name.dns.truncated/open|large answers of DNS vanish, by UDP and by TCP|silence
ok-suffix-fourth|nas7|none|none.healthy|healthy|the fourth search domain has the name|silence
ok-suffix-seventh|nas7|none|none.healthy|healthy|the seventh search domain has the name|silence
ndots-wildcard|nas7.site9.test|name|name.client.search-suffix|name.dns.stale-live-host/name.client.search-suffix/open|resolv.conf asks with its search domain first (ndots), and there every name is another host
ok-ndots|nas7.site9.test|none|none.healthy|healthy|resolv.conf asks with its search domain first, where the name is not
client-encrypts-210|nas7|smb|smb.dialect.client-cannot-encrypt|smb.dialect.client-cannot-encrypt|the client wants encryption and speaks SMB 2.10 at most, and the server would encrypt
client-encrypts|nas7|smb|smb.security.encryption-not-offered|smb.security.encryption-not-offered|the client wants encryption, and the server has it off
client-signs|nas7|none|none.healthy|healthy|the client wants signing, of SMB2, which every server can|answers
connlimit|nas7|filter|filter.server.limit|healthy/tcp-flaky/open|the server lets one connection of a client live at a time|silence
ssh-is-smb|nas7|smb|smb.path.port-forward-wrong|tcp-mute/tcp-other-service/open|port 22 leads to the file service, which waits to be asked|silence
ok-time-difference|nas7|none|none.healthy|healthy|the clocks differ, by the NT status, and the way works
rule-v6-prohibits|nas7|none|none.healthy|healthy|a rule of the client forbids IPv6 to the server, and IPv4 works
rule-v6-only|nas7|ip|ip.client.prohibit-route|ip.client.prohibit-route|DNS has an IPv6 address alone, and a rule of the client forbids it
route-v6-prohibit|depot|ip|ip.client.prohibit-route|ip.client.prohibit-route|as v6-far, and a route of the client forbids the server's network
source-address-lan|nas7|ip|ip.client.wrong-source|arp-only/routed-silent/open|the route of the own network sends from an address that the server answers by a gateway that does not know it
dns-refused-second-dead|nas7|name|name.dns.refused|name.dns.refused/name.dns.host-down/open|the first name server answers REFUSED, the second is off|silence
hosts-bad-address|nas7|none|none.healthy|healthy|the hosts file has a line with an address that is none
arp-off-client|nas7|link|link.client.arp-off|l2-no-answer/arp-only/open|this machine's interface has ARP turned off
arp-off-server|nas7|ip|ip.server.arp-off|l2-no-answer/open|the server's interface has ARP turned off
v6-duplicate|nas7|link|link.lan.duplicate-address|link.lan.duplicate-address/healthy/open|AAAA alone, and another host has the server's IPv6 address|silence
smb-comes-goes|nas7|smb|smb.server.flaky|tcp-flaky/tcp-refused-both/healthy/open|the server service is gone for 2 s of each 4: what holds at this moment is told|silence
no-lan-route|nas7|ip|ip.client.no-default-route|ip.client.no-default-route|every route of this machine is gone, that of its own network too
client-fw-lo-first|nas7|filter|filter.client.output-drop|filter.client.output-drop|the client's own firewall lets loopback pass and drops outgoing SMB
client-fw-all-out|nas7|filter|filter.client.output-drop|filter.client.output-drop|the client's own firewall drops whatever goes out, but DNS and NetBIOS
client-fw-strict|nas7|filter|filter.server.drop-smb|fw-drop-smb|the server drops SMB, and the client's own firewall lets in nothing new, by loopback neither
client-fw-dns|nas7|name|name.client.dns-denied|name.client.dns-denied|the client's own firewall drops outgoing DNS, and no other source has the name|silence
client-fw-rst|nas7|filter|filter.client.output-reject|filter.client.output-reject|the client's own firewall answers outgoing SMB with a reset
client-fw-rst-ssh|nas7|filter|filter.client.output-reject|filter.client.output-reject|the client's own firewall answers outgoing SSH with a reset
client-fw-one-address|depot|filter|filter.client.output-drop|filter.client.output-drop|the client's own firewall drops SMB to the server's network alone
client-fw-ssh|nas7|filter|filter.client.output-drop|filter.client.output-drop|the client's own firewall lets loopback pass and drops outgoing SSH
client-fw-v6-only|nas7|filter|filter.client.output-drop|filter.client.output-drop|DNS has an IPv6 address alone, and the client's own firewall drops SSH there
client-egress-drop|nas7|filter|filter.client.output-drop|filter.client.output-drop|what this machine lets out at its interface has no SMB in it, behind its firewall
vpn-takes-lan|nas7|ip|ip.client.vpn-takes-lan|ras.link.dead-peer/routed-silent/arp-only/open|a tunnel that is up and leads nowhere takes the way to the server on this LAN|timing
vpn-halves-dead|depot|ip|ip.client.vpn-dead|ras.link.dead-peer/routed-silent/open|a tunnel that leads nowhere takes everything by two routes of half the addresses each|timing
ok-vpn-halves|depot|none|none.healthy|healthy|a tunnel takes everything by two routes of half the addresses each, and it works|answers
fw-local-subnet|depot|filter|filter.server.drop-smb|fw-drop-smb|the server's firewall lets in its own network alone, and pings
name-local|nas7.local|name|name.user.no-such-name|name-unknown|the name with .local, which only multicast DNS would know|answers
hosts-bom|nas7|name|name.dns.nxdomain|name.dns.nxdomain/open|the hosts file alone has the name, in its first line, which begins with a byte order mark
ok-router-doubles|depot|none|none.healthy|healthy|the router sends each packet to the server twice|answers
smbd-hosts-allow|nas7|smb|smb.server.hosts-deny|smb.server.hosts-deny|the server allows another network alone
nb-workgroup|site9|name|name.user.no-such-name|name-unknown/open|the name is the workgroup's, of no server|answers
address-octal|192.168.000.010|name|name.user.wrong-address|l2-no-answer/open|the address with leading zeros, which the system reads as octal: .8, where nobody is
ok-old-address-first|nas7|none|none.healthy|healthy|the client's first address is of a network that is gone, the second of this one
ok-mask-wide-proxy-arp|depot|none|none.healthy|healthy|the client has /16, and the router answers ARP for the server|silence
nat-two-ports|depot|ip|ip.router.nat-full|healthy/tcp-flaky/fw-drop-smb/open|the router translates this network's addresses and has two ports for it|silence
dns-udp-dropped|nas7|name|name.dns.filtered|name.dns.filtered|udp/53 is dropped, tcp/53 works|silence
resolv-use-vc|nas7|name|name.dns.filtered|name.dns.filtered|resolv.conf asks DNS by TCP alone, and tcp/53 is dropped|silence
resolv-domain-last|nas7|name|name.client.search-suffix|name.client.search-suffix|resolv.conf has a line domain behind the search line, with another domain
ok-nss-mdns|nas7|none|none.healthy|healthy|nsswitch.conf asks multicast DNS before DNS, as Debian has it
ok-nss-resolve|nas7|none|none.healthy|healthy|nsswitch.conf asks systemd-resolved first, which is not there
client-fw-frag-needed|depot|ip|ip.path.mtu-blackhole|ip.path.mtu-blackhole|MTU 1000 on the path, ICMP reports it and the client's own firewall drops the report
fw-smb2-dropped|nas7|filter|filter.path.payload-drop|filter.path.payload-drop/smb.server.hung/open|a firewall drops SMB2 and lets SMB1 pass|silence
fw-smb2-rst|nas7|filter|filter.path.payload-rst|healthy/reset-after-data/open|a firewall answers SMB2 with a reset and lets SMB1 pass: a finding says so|silence
fw-session-dropped|nas7|filter|filter.path.payload-drop|filter.path.payload-drop/smb.server.hung/open|a firewall drops requests for a session of SMB2|silence
fw-session-rst|nas7|filter|filter.path.payload-rst|reset-after-data/smb.server.hosts-deny/open|a firewall resets the connection at the request for a session of SMB2|silence
fw-tree-dropped|nas7|filter|filter.path.payload-drop|filter.path.payload-drop/smb.server.hung/open|a firewall drops requests to connect to a share of SMB2|silence
dns-broadcast|nas7|name|name.dns.no-a-record|name.dns.no-a-record|DNS gives the broadcast address of the LAN
dns-loopback|nas7|name|name.dns.stale-live-host|name.dns.stale-live-host/open|DNS gives 127.0.0.1
dns-apipa|nas7|name|name.dns.stale-dead|name.dns.stale-dead/name.dns.stale-live-host/open|DNS gives an address of 169.254, as a server registers that got none from DHCP
dns-rr-apipa|nas7|name|name.dns.one-of-two-dead|name.dns.one-of-two-dead|DNS gives the right address and one of 169.254, of the server's second interface|silence
dns-rr-unrouted|nas7|name|name.dns.one-of-two-dead|name.dns.one-of-two-dead|DNS gives the right address and one of a network that the router does not know, of the server's second interface|silence
server-link-flaps|nas7|link|link.path.flapping|link.path.loss/l2-no-answer/tcp-flaky/open|the server's link is up for 0.7 s, then down for 2.5 s, again and again
dns-duplicate|nas7|link|link.lan.duplicate-address|link.lan.duplicate-address/name.dns.not-listening/name.client.wrong-dns-server/open|another host has the name server's address, and is the louder one|silence
ras-dns-off|depot|name|name.dns.host-down|name.dns.host-down|the dialled link works, and the host of DNS and WINS is off|timing
mysql-dropped|nas7|filter|filter.server.drop|fw-drop-smb|a database's port is dropped, and its client says 110
ldap-stopped|nas7|smb|service.not-running|tcp-refused-both|a directory server is stopped
nfs-rpc-refused|nas7|smb|service.not-running|tcp-refused-both/open|mount.nfs says that the connection was refused: nothing listens on port 2049
share-blank|nas7|none|none.healthy|healthy|a share whose name has a blank
client-last-address|nas7|ip|ip.client.wrong-mask|ip.client.wrong-mask|the client has the broadcast address of the LAN
smb-port-knock|nas7|filter|filter.server.limit|healthy/tcp-flaky/fw-drop-smb/open|the server bans for 10 s whoever asks for more than four connections in a second|silence
EOF
}

inject_variants() {
    cat <<'EOF'
    vpn-takes-lan) ras_up 2 100; ipn e53c route add 10.53.0.10 dev ppp0 ;;
    vpn-halves-dead) ras_up 2 100; ipn e53c route del 10.53.1.0/24; ipn e53c route add 0.0.0.0/1 dev ppp0; ipn e53c route add 128.0.0.0/1 dev ppp0 ;;
    ok-vpn-halves) ras_up; ipn e53c route del 10.53.1.0/24; ipn e53c route add 0.0.0.0/1 dev ppp0; ipn e53c route add 128.0.0.0/1 dev ppp0 ;;
    fw-local-subnet) drop_in e53m input 'ip saddr 10.53.0.0/16 ip saddr != 10.53.1.0/24 meta l4proto { tcp, udp } drop' ;;
    name-local) ;;
    hosts-bom) client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC"; printf '\357\273\27710.53.0.10 filesrv\r\n127.0.0.1 localhost\r\n' >"$CE"/hosts ;;
    ok-router-doubles) printf '%s\n' 'table ip lab_dup {' 'chain c { type filter hook prerouting priority -300; iifname "eth0" ip daddr 10.53.1.10 dup to 10.53.1.10 device "eth1"; }' '}' | nft_in e53r ;;
    smbd-hosts-allow) smbd_with e53s 'hosts allow = 10.53.1. 127.' ;;
    nb-workgroup) ;;
    address-octal) ;;
    ok-old-address-first) ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.9.2/24 brd + dev eth0; ipn e53c addr add 10.53.0.2/24 brd + dev eth0; ipn e53c route replace default via 10.53.0.1 ;;
    ok-mask-wide-proxy-arp)
        ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.0.2/16 brd + dev eth0
        ipn e53c route replace default via 10.53.0.1; ipn e53r neigh add proxy 10.53.1.10 dev eth0 ;;
    nat-two-ports) printf '%s\n' 'table ip lab_nat {' 'chain c { type nat hook postrouting priority 100; oifname "eth1" ip protocol tcp masquerade to :50000-50001; }' '}' | nft_in e53r ;;
    dns-udp-dropped) drop_in e53d input 'udp dport 53 drop' ;;
    resolv-use-vc) client_smbconf 'name resolve order = lmhosts host'; printf 'nameserver 10.53.0.53\nsearch %s\noptions timeout:1 attempts:2 use-vc\n' "$DOM" >"$CE"/resolv.conf; drop_in e53d input 'tcp dport 53 drop' ;;
    resolv-domain-last) client_smbconf 'name resolve order = lmhosts host'; printf 'nameserver 10.53.0.53\nsearch %s\ndomain wrong53.test\noptions timeout:1 attempts:2\n' "$DOM" >"$CE"/resolv.conf ;;
    ok-nss-mdns) client_smbconf 'name resolve order = lmhosts host'; printf 'hosts: files mdns4_minimal [NOTFOUND=return] dns\npasswd: files\ngroup: files\nservices: files\nprotocols: files\n' >"$CE"/nsswitch.conf ;;
    ok-nss-resolve) client_smbconf 'name resolve order = lmhosts host'; printf 'hosts: files myhostname resolve [!UNAVAIL=return] dns\npasswd: files\ngroup: files\nservices: files\nprotocols: files\n' >"$CE"/nsswitch.conf ;;
    client-fw-frag-needed) ipn e53r link set eth1 mtu 1000; drop_in e53c input 'icmp type destination-unreachable drop' ;;
    fw-smb2-dropped) drop_in e53s input 'tcp dport { 139, 445 } @ih,32,32 0xfe534d42 drop' ;;
    fw-smb2-rst) drop_in e53s input 'tcp dport { 139, 445 } @ih,32,32 0xfe534d42 reject with tcp reset' ;;
    fw-session-dropped) drop_in e53s input 'tcp dport { 139, 445 } @ih,32,32 0xfe534d42 @ih,128,16 0x0100 drop' ;;
    fw-session-rst) drop_in e53s input 'tcp dport { 139, 445 } @ih,32,32 0xfe534d42 @ih,128,16 0x0100 reject with tcp reset' ;;
    fw-tree-dropped) drop_in e53s input 'tcp dport { 139, 445 } @ih,32,32 0xfe534d42 @ih,128,16 0x0300 drop' ;;
    dns-broadcast) dns_with "$REM_REC" --host-record="filesrv.$DOM,10.53.0.255" ;;
    dns-loopback) dns_with "$REM_REC" --host-record="filesrv.$DOM,127.0.0.1" ;;
    dns-apipa) dns_with "$REM_REC" --host-record="filesrv.$DOM,169.254.53.10" ;;
    dns-rr-apipa) dns_with "$REM_REC" --host-record="filesrv.$DOM,169.254.53.10" --host-record="filesrv.$DOM,10.53.0.10" ;;
    dns-rr-unrouted) dns_with "$REM_REC" --host-record="filesrv.$DOM,10.53.44.10" --host-record="filesrv.$DOM,10.53.0.10" ;;
    server-link-flaps) labd e53c flap flap "${ID}sw" s0 700 2500 ;;
    dns-duplicate) client_smbconf 'name resolve order = lmhosts host'; ipn e53o addr add 10.53.0.53/24 dev eth0; labd e53o garp garp "${ID}o" eth0 10.53.0.53 50 ;;
    ras-dns-off) ras_up; ipn e53sw link set d0 down ;;
    mysql-dropped) drop_in e53s input 'tcp dport 3306 drop'; says "ERROR 2003 (HY000): Can't connect to MySQL server on 'filesrv' (110)" ;;
    ldap-stopped) says "ldap_sasl_bind(SIMPLE): Can't contact LDAP server (-1)"; set_env SETS=server=filesrv ;;
    nfs-rpc-refused) says 'mount.nfs: Connection refused'; set_env SETS=server=filesrv ;;
    share-blank) smbd_with e53s '[my data]' "path = $RUN/e53s/share" 'guest ok = yes'; set_env 'SHARE="my data"' ;;
    client-last-address) ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.0.255/24 dev eth0; ipn e53c route replace default via 10.53.0.1 ;;
    smb-port-knock)
        printf '%s\n' 'table ip lab_ban {' 'set banned { type ipv4_addr; flags timeout; timeout 10s; }' \
            'chain c { type filter hook input priority 0; policy accept; tcp dport { 139, 445 } ip saddr @banned drop; tcp dport { 139, 445 } tcp flags & (syn | ack) == syn limit rate over 4/second burst 4 packets add @banned { ip saddr } drop; }' '}' | nft_in e53s ;;
    client-fw-lo-first) drop_in e53c output 'oifname "lo" accept' "$SMB_PORTS drop" ;;
    client-fw-all-out) drop_in e53c output 'oifname "eth0" udp dport { 53, 137 } accept' 'oifname "eth0" drop' ;;
    client-fw-strict)
        drop_in e53s input "$SMB_PORTS drop"
        drop_in e53c input 'ct state established,related accept' 'meta l4proto tcp drop' ;;
    client-fw-dns) serves_ssh; says 'ssh: Could not resolve hostname filesrv: Temporary failure in name resolution'; drop_in e53c output 'udp dport { 53, 137 } drop' ;;
    client-fw-rst) drop_in e53c output "$SMB_PORTS reject with tcp reset" ;;
    client-fw-rst-ssh) serves_ssh; drop_in e53c output 'tcp dport 22 reject with tcp reset' ;;
    client-fw-one-address) drop_in e53c output "ip daddr 10.53.1.0/24 $SMB_PORTS drop" ;;
    client-fw-ssh) serves_ssh; drop_in e53c output 'oifname "lo" accept' 'tcp dport 22 drop' ;;
    client-fw-v6-only) serves_both; dns_with --host-record="filesrv.$DOM,2001:db8:53::10"; drop_in e53c output 'oifname "lo" accept' 'tcp dport 22 drop' ;;
    client-egress-drop) printf '%s\n' 'table netdev lab_egress {' "chain c { type filter hook egress device \"eth0\" priority 0; $SMB_PORTS drop; }" '}' | nft_in e53c ;;
    client-fw-v6) serves_both; drop_in e53c output 'meta nfproto ipv6 tcp dport 22 reject with icmpx type admin-prohibited' ;;
    client-fw-v6-smb) both_families; drop_in e53c output "meta nfproto ipv6 $SMB_PORTS reject with icmpx type port-unreachable" ;;
    client-fw-v6-drop) serves_both; drop_in e53c output 'meta nfproto ipv6 tcp dport 22 drop' ;;
    v4-dead-v6-ssh) serves_both; dns_with --host-record="filesrv.$DOM,$DEAD,2001:db8:53::10" ;;
    v4-dropped-v6-ssh) serves_both; drop_in e53s input 'meta nfproto ipv4 tcp dport 22 drop' ;;
    v6-mtu-smb-silent) both_families; v6_silent; bridge_drop 'ether type ip6 ip6 length > 960 drop' ;;
    v6-mtu-ssh-silent) serves_both; v6_silent; bridge_drop 'ether type ip6 ip6 length > 960 drop' ;;
    ok-v6-silent) both_families; v6_silent ;;
    v6-loss-40) both_families; v6_loses ;;
    v6-loss-40-ssh) serves_both; v6_loses ;;
    v6-other-server) smbd_start e53o; wait_listen e53o; dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::77" ;;
    v6-hung) labd e53o smb6 tcp6 445 silent; dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::77" ;;
    v6-second-dead) dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10" --host-record="filesrv.$DOM,2001:db8:53::dead" ;;
    dns-rr-fourth-dead) dns_many $DEAD ;;
    ok-dns-rr-five) ipn e53s addr add 10.53.0.14/24 dev eth0; dns_many 10.53.0.14 ;;
    v6-mtu-both) serves_both; bridge_drop 'ether type ip6 ip6 length > 960 drop' ;;
    v6-far) v6_far ;;
    v6-far-drop) v6_far; drop_in e53r forward 'tcp dport 22 drop' ;;
    v6-far-prohibited) v6_far; drop_in e53r forward 'tcp dport 22 reject with icmpx type admin-prohibited' ;;
    v6-far-all-prohibited) v6_far; drop_in e53r forward 'iifname "eth0" reject with icmpx type admin-prohibited' ;;
    v6-far-mtu) v6_far; drop_in e53r forward 'ip6 length > 1260 drop' ;;
    v6-far-no-route) v6_far; ipn e53r -6 addr del 2001:db8:53:1::1/64 dev eth1 ;;
    v6-far-off) v6_far; ipn e53m link set eth0 down ;;
    v6-far-silent) v6_far; drop_in e53r forward 'iifname "eth0" drop' ;;
    v6-far-refused) v6_far; helpers_stop ;;
    v6-gateway-dead) v6_far; ipn e53c -6 route replace default via 2001:db8:53::fe dev eth0 ;;
    v6-source) v6_far; ipn e53c addr add 2001:db8:53:8::2/64 dev eth0 nodad; ipn e53c -6 route add 2001:db8:53:1::/64 via 2001:db8:53::1 src 2001:db8:53:8::2 ;;
    v6-off-client) serves_both; dns_with --host-record="filesrv.$DOM,2001:db8:53::10"; v6_off ;;
    ok-v6-off-client) serves_both; v6_off ;;
    ok-v6-no-route) serves_both; dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:999::10" ;;
    ok-hosts-mapped) serves_ssh; client_smbconf 'name resolve order = lmhosts host'; echo '::ffff:10.53.0.10 filesrv' >>"$CE"/hosts ;;
    nat64-missing) v6_far; dns_with --host-record="remsrv.$DOM,64:ff9b::a35:10a" ;;
    ok-dns-many | dns-large-lost)
        client_smbconf 'name resolve order = lmhosts host'; local many=() n
        many=(--host-record="filesrv.$DOM,10.53.0.10")
        for n in {100..219}; do many+=(--host-record="filesrv.$DOM,10.53.0.$n"); ipn e53s addr add 10.53.0.$n/24 dev eth0; done
        dns_with "${many[@]}"; [[ $1 = ok-* ]] || drop_in e53d output 'meta l4proto { tcp, udp } th sport 53 ip length > 600 drop' ;;
    ok-suffix-fourth | ok-suffix-seventh)
        client_smbconf 'name resolve order = lmhosts host'; local none='a.test b.test c.test'
        [[ $1 = *fourth ]] || none+=' d.test e.test f.test'
        printf 'nameserver 10.53.0.53\nsearch %s %s\noptions timeout:1 attempts:2\n' "$none" "$DOM" >"$CE"/resolv.conf ;;
    ndots-wildcard | ok-ndots)
        client_smbconf 'name resolve order = lmhosts host'
        printf 'nameserver 10.53.0.53\nsearch parked.test\noptions timeout:1 attempts:2 ndots:5\n' >"$CE"/resolv.conf
        [[ $1 = ok-* ]] || dns_with --host-record="filesrv.$DOM,10.53.0.10" --address=/parked.test/10.53.0.77 ;;
    client-encrypts-210) client_smbconf 'client smb encrypt = required' 'client max protocol = SMB2_10' ;;
    client-encrypts) client_smbconf 'client smb encrypt = required'; smbd_with e53s 'smb encrypt = off' ;;
    client-signs) client_smbconf 'client signing = required' 'client ipc signing = required' 'client min protocol = SMB2_02'; smbd_with e53s 'server signing = disabled' ;;
    connlimit) drop_in e53s input 'tcp dport { 139, 445 } tcp flags & (syn | ack) == syn ct state new ct count over 1 reject with tcp reset' ;;
    ssh-is-smb)
        serves_ssh; kill_named e53s '^labd'
        printf '%s\n' 'table ip lab_dnat {' 'chain pre { type nat hook prerouting priority -100; tcp dport 22 redirect to :445; }' '}' | nft_in e53s ;;
    ok-time-difference) says 'session setup failed: NT_STATUS_TIME_DIFFERENCE_AT_DC'; set_env SETS=server=filesrv ;;
    rule-v6-prohibits) serves_both; ipn e53c -6 rule add priority 99 to 2001:db8:53::10 prohibit ;;
    rule-v6-only) serves_both; dns_with --host-record="filesrv.$DOM,2001:db8:53::10"; ipn e53c -6 rule add priority 99 to 2001:db8:53::10 prohibit ;;
    route-v6-prohibit) v6_far; ipn e53c -6 route add prohibit 2001:db8:53:1::/64 ;;
    source-address-lan) ipn e53c addr add 10.53.8.2/24 dev eth0; ipn e53c route replace 10.53.0.0/24 dev eth0 src 10.53.8.2; ipn e53c route del 10.53.0.0/24 src 10.53.0.2 2>/dev/null || true ;;
    dns-refused-second-dead) client_smbconf 'name resolve order = lmhosts host'; name_servers 10.53.0.77 10.53.0.199; labd e53o dns dns 5 ;;
    hosts-bad-address) echo '10.53.0.300 filesrv' >>"$CE"/hosts ;;
    arp-off-client) ipn e53c link set eth0 arp off; ipn e53c neigh flush all ;;
    arp-off-server) ipn e53s link set eth0 arp off; ipn e53s neigh flush all ;;
    v6-duplicate)
        serves_both; dns_with --host-record="filesrv.$DOM,2001:db8:53::10"; labd e53o ssho tcp6 22 ssh $'SSH-2.0-OpenSSH_9.2\r\n'
        ipn e53o addr add 2001:db8:53::10/64 dev eth0 nodad ;;
    smb-comes-goes) comes_and_goes ;;
    client-ttl-1) printf '%s\n' 'table ip lab_ttl {' 'chain c { type filter hook output priority 0; ip ttl set 1; }' '}' | nft_in e53c ;;
    router-ttl-1) printf '%s\n' 'table ip lab_ttl {' 'chain c { type filter hook prerouting priority -300; iifname "eth0" ip ttl set 1; }' '}' | nft_in e53r ;;
    way-back-loops) nx e53o sysctl -qw net.ipv4.ip_forward=1; ipn e53r route add 10.53.0.2/32 via 10.53.0.77; ipn e53o route add 10.53.0.2/32 via 10.53.0.1 ;;
    rule-source) ipn e53c rule add priority 99 from 10.53.0.2 to 10.53.0.10 lookup 53; ipn e53c route add blackhole default table 53 ;;
    rule-source-prohibit) ipn e53c rule add priority 99 from 10.53.0.2 to 10.53.1.0/24 prohibit ;;
    hosts-v6-works) echo "2001:db8:53::10 filesrv" >>"$CE"/hosts; client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC" ;;
    hosts-v6-refused) echo "2001:db8:53::77 filesrv" >>"$CE"/hosts; client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC" ;;
    nss-dns-first) printf 'hosts: dns files\npasswd: files\ngroup: files\nservices: files\nprotocols: files\n' >"$CE"/nsswitch.conf; echo "$DEAD filesrv" >>"$CE"/hosts; client_smbconf 'name resolve order = lmhosts host' ;;
    nss-dns-last-word) printf 'hosts: dns [!UNAVAIL=return] files\npasswd: files\ngroup: files\nservices: files\nprotocols: files\n' >"$CE"/nsswitch.conf; echo "10.53.0.10 filesrv" >>"$CE"/hosts; client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC" ;;
    suffix-first-dead) printf 'nameserver 10.53.0.53\nsearch old.test %s\noptions timeout:1 attempts:2\n' "$DOM" >"$CE"/resolv.conf
        dns_with --host-record="filesrv.$DOM,10.53.0.10" --host-record="filesrv.old.test,$DEAD"; client_smbconf 'name resolve order = lmhosts host' ;;
    alias-of-aliases) dns_with --cname="filesrv.$DOM,a.$DOM" --cname="a.$DOM,b.$DOM" --cname="b.$DOM,store.$DOM" --host-record="store.$DOM,$DEAD"; client_smbconf 'name resolve order = lmhosts host' ;;
    second-refuses) dns_with --host-record="filesrv.$DOM,10.53.0.10" --host-record="filesrv.$DOM,10.53.0.77" ;;
    v6-only-stopped) dns_with --host-record="filesrv.$DOM,2001:db8:53::10"; says 'ssh: connect to host filesrv port 22: Connection refused' ;;
    v6-nd-filtered) dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10"; drop_in e53s input 'icmpv6 type nd-neighbor-solicit drop' ;;
    v6-router-dead) dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:99::10"; ipn e53c -6 route add default via fe80::dead dev eth0 ;;
    smb1-and-deny) client_smbconf 'client max protocol = NT1'; smbd_with e53s 'server min protocol = SMB2_02' 'hosts deny = 10.53.0.2' ;;
    kdc-refused) says "kinit: Cannot contact any KDC for realm 'SITE9.TEST' while getting initial credentials"; set_env SETS=server=filesrv ;;
    share-hidden) smbd_with e53s '[data$]' "path = $RUN/e53s/share" 'guest ok = yes'; set_env 'SHARE=data$' ;;
    printer) smbd_with e53s '[laser]' "path = $RUN/e53s/share" 'printable = yes' 'guest ok = yes'; set_env SHARE=laser ;;
    account-locked) says 'System error 1909 has occurred. The referenced account is currently locked out and may not be logged on to.'; set_env SETS=server=filesrv ;;
    account-expired) says "System error 1793 has occurred. The user's account has expired."; set_env SETS=server=filesrv ;;
    two-gateways) nx e53o sysctl -qw net.ipv4.ip_forward=1; ipn e53o route add 10.53.1.0/24 via 10.53.0.1; ipn e53c route del default; ipn e53c route add default nexthop via 10.53.0.1 weight 1 nexthop via 10.53.0.77 weight 1 ;;
    two-gateways-one-dead) ipn e53c route del default; ipn e53c route add default nexthop via 10.53.0.1 weight 1 nexthop via 10.53.0.99 weight 1; nx e53c sysctl -qw net.ipv4.fib_multipath_hash_policy=1 ;;
    two-nics-stopped)
        ip link add eth1 netns "${ID}c" type veth peer name eth9 netns "${ID}s"
        ipn e53c addr add 10.53.7.2/24 brd + dev eth1; ipn e53c link set eth1 up; ipn e53s addr add 10.53.7.10/24 brd + dev eth9; ipn e53s link set eth9 up
        client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC" --host-record="filesrv.$DOM,10.53.7.10"; smbd_stop e53s; nbns_stop e53s; wins_edit "/FILESRV/d"; set_env KNOWN_IP=10.53.7.10 ;;
    ras-peer-itself) ras_up; set_env KNOWN_IP=10.53.2.1 ;;
    ras-host-route) ras_up; ipn e53c route add 10.53.1.10 via 10.53.0.1 ;;
    ras-fourth) ras_up; drop_in e53r forward 'iifname "ppp0" tcp dport { 139, 445 } tcp flags & (syn | ack) == syn numgen inc mod 1000 < 3 reject with tcp reset' ;;
    rule-user) ipn e53c rule add priority 99 uidrange 0-65535 prohibit ;;
    lmhosts-sixteenth) printf '%s "FILESRV        \\0x20"\n%s FILESRV#20\n' "$DEAD" "$DEAD" >>"$CE"/samba/lmhosts ;;
    ok-hosts-dns-v6-dead) echo "10.53.0.10 filesrv" >>"$CE"/hosts; dns_with --host-record="filesrv.$DOM,2001:db8:53::dead" ;;
    rule-source-works)
        ipn e53c rule add priority 99 from 10.53.0.2 lookup 53; ipn e53c route add 10.53.0.0/24 dev eth0 table 53
        ipn e53c route add default via 10.53.0.1 table 53; ipn e53c route replace default via 10.53.0.99 ;;
    two-gateways-one-host) ipn e53c route del default; ipn e53c route add default nexthop via 10.53.0.1 weight 1 nexthop via 10.53.0.77 weight 1; nx e53c sysctl -qw net.ipv4.fib_multipath_hash_policy=1 ;;
    two-gateways-dead) ipn e53c route del default; ipn e53c route add default nexthop via 10.53.0.98 nexthop via 10.53.0.99 ;;
    no-lan-route) ipn e53c route flush table main ;;
    mtu-ras-tunnel) ras_up; drop_in e53r forward 'ip length > 1450 drop' ;;
    mtu-back-tunnel) drop_in e53r forward 'iifname "eth1" ip length > 1450 drop' ;;
    mtu-back-ssh-no-ping) serves_ssh; drop_in e53r forward 'iifname "eth1" ip length > 1000 drop' 'ip protocol icmp drop' ;;
    hosts-alias) printf '%s\tstore.%s filesrv\n' "$DEAD" "$DOM" >>"$CE"/hosts ;;
    ok-ping-prohibited) drop_in e53r forward 'icmp type echo-request reject with icmp type admin-prohibited' ;;
    fw-445-prohibited-far) drop_in e53r forward 'tcp dport 445 reject with icmp type admin-prohibited' ;;
    fw-445-port-unreach) drop_in e53s input 'tcp dport 445 reject with icmpx type port-unreachable' ;;
    client-has-servers-address) ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.0.10/24 brd + dev eth0; ipn e53c route replace default via 10.53.0.1 ;;
    client-unheard) bridge_drop 'iifname "c0" drop' ;;
    router-prohibits-ping-drops) drop_in e53r forward "$SMB_PORTS drop" 'icmp type echo-request reject with icmp type admin-prohibited' ;;
    v6-router-prohibits)
        serves_ssh; dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10"
        drop_in e53s input 'meta nfproto ipv6 tcp dport 22 reject with icmpx type admin-prohibited' ;;
    server-slow-syn)
        printf '%s\n' 'table ip lab_syn {' 'set seen { type ipv4_addr . inet_service . inet_service; flags timeout; timeout 10s; }' \
            'chain c { type filter hook input priority 0; policy accept; tcp flags & (syn | ack) == syn ip saddr . tcp sport . tcp dport @seen accept; tcp flags & (syn | ack) == syn add @seen { ip saddr . tcp sport . tcp dport } drop; }' '}' | nft_in e53s ;;
    mtu-pppoe) drop_in e53r forward 'ip length > 1492 drop' ;;
    mtu-tunnel) drop_in e53r forward 'ip length > 1450 drop' ;;
    mtu-tunnel-no-ping) drop_in e53r forward 'ip length > 1450 drop' 'ip protocol icmp drop' ;;
    mtu-ssh-pppoe) serves_ssh; drop_in e53r forward 'ip length > 1492 drop' ;;
    mtu-https-tunnel)
        labd e53m web tcp 443 silent; drop_in e53r forward 'ip length > 1450 drop'
        says 'curl: (28) Failed to connect to remsrv port 443 after 130211 ms: Connection timed out' ;;
    ok-mtu-pppoe) ipn e53r link set eth1 mtu 1492; ipn e53m link set eth0 mtu 1492 ;;
    ok-mtu-clamped-pppoe)
        drop_in e53r forward 'tcp flags & (syn | rst) == syn tcp option maxseg size set 1452' 'ip length > 1492 drop' ;;
    server-net-unreach) drop_in e53s input "$SMB_PORTS reject with icmp type net-unreachable" ;;
    server-proto-unreach) drop_in e53s input "$SMB_PORTS reject with icmp type prot-unreachable" ;;
    router-net-unreach-smb) drop_in e53r forward "$SMB_PORTS reject with icmp type net-unreachable" ;;
    portal-prohibits) drop_in e53r forward 'iifname "eth0" reject with icmp type admin-prohibited' ;;
    portal-resets) drop_in e53r forward 'iifname "eth0" meta l4proto tcp reject with tcp reset' 'iifname "eth0" drop' ;;
    proxy-takes-all)
        labd e53r tcp445 tcp 445 eof; labd e53r tcp139 tcp 139 eof; ipn e53m link set eth0 down
        printf '%s\n' 'table ip lab_dnat {' 'chain pre { type nat hook prerouting priority -100; iifname "eth0" tcp dport { 139, 445 } redirect; }' '}' | nft_in e53r ;;
    hairpin|ok-hairpin)
        client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC" --host-record="filesrv.$DOM,10.53.1.1"
        { echo 'table ip lab_dnat {'
          echo 'chain pre { type nat hook prerouting priority -100; ip daddr 10.53.1.1 tcp dport { 139, 445 } dnat to 10.53.0.10; }'
          [[ $1 = hairpin ]] || echo 'chain post { type nat hook postrouting priority 100; ip daddr 10.53.0.10 masquerade; }'; echo '}'; } | nft_in e53r ;;
    fw-rate-all) drop_in e53s input 'iifname "eth0" limit rate over 30/second burst 5 packets drop' ;;
    client-fw-no-answers) drop_in e53c input 'iifname "eth0" drop' ;;
    dhcp-wrong-dns) client_smbconf 'name resolve order = lmhosts host'; name_servers 10.53.0.77; drop_in e53o input 'udp dport 53 drop' ;;
    dhcp-lease-gone) later ipn e53c -4 addr flush dev eth0 ;;
    ok-apipa-second) ipn e53c addr add 169.254.53.2/16 brd + dev eth0 ;;
    ok-mask-32)
        ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.0.2/32 dev eth0
        ipn e53c route add 10.53.0.1 dev eth0; ipn e53c route replace default via 10.53.0.1 ;;
    wrong-mask-32) ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.0.2/32 dev eth0 ;;
    wrong-mask-25) ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.0.130/25 brd + dev eth0 ;;
    dns-split-horizon)
        client_smbconf 'name resolve order = lmhosts host'; name_servers 10.53.0.77 10.53.0.53; labd e53o dns dns slow1 10.53.1.1 ;;
    ok-dns-first-refused) client_smbconf 'name resolve order = lmhosts host'; name_servers 10.53.0.77 10.53.0.53; labd e53o dns dns 5 ;;
    ok-dns-first-stopped) client_smbconf 'name resolve order = lmhosts host'; name_servers 10.53.0.77 10.53.0.53 ;;
    dns-slow-15) dns_fake slow1500 10.53.0.10 ;;
    hosts-stale-works)
        serves_ssh; labd e53o ssho tcp 22 ssh $'SSH-2.0-OpenSSH_9.2\r\n'; echo "10.53.0.77 filesrv" >>"$CE"/hosts
        says 'ssh: connect to host filesrv port 22: Connection refused' ;;
    nsswitch-return) printf 'hosts: files [NOTFOUND=return] dns\npasswd: files\ngroup: files\nservices: files\nprotocols: files\n' >"$CE"/nsswitch.conf ;;
    ssh-v6-dropped)
        serves_ssh; dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10"; drop_in e53s input 'meta nfproto ipv6 tcp dport 22 drop' ;;
    v6-prohibited)
        dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10"
        drop_in e53s input "meta nfproto ipv6 $SMB_PORTS reject with icmpx type admin-prohibited" ;;
    signing-reverse)
        client_smbconf 'client max protocol = NT1' 'client signing = disabled' 'client ipc signing = disabled'
        smbd_with e53s 'server signing = mandatory' 'server max protocol = NT1' ;;
    guest-never) smbd_with e53s 'map to guest = Never' '[data]' 'guest ok = no' ;;
    share-deny) smbd_with e53s '[data]' 'hosts deny = 10.53.0.2' ;;
    share-unavailable) smbd_with e53s '[data]' 'available = no' ;;
    ok-wins-second) sed -i 's/^wins server.*/wins server = 10.53.0.199 10.53.0.53/' "$CE"/samba/smb.conf ;;
    wins-other-host) sed -i 's/^wins server.*/wins server = 10.53.0.77/' "$CE"/samba/smb.conf ;;
    nb-long-name) ;;
    wins-stale-dns-right) client_smbconf 'name resolve order = wins host'; wins_edit '/FILESRV/s/10\.53\.0\.10/10.53.0.99/' ;;
    ras-flap) ras_up; labd e53c flap flap "${ID}c" ppp0 700 2500 ;;
    ras-9600)
        ras_up 60; nx e53c tc qdisc add dev ppp0 root tbf rate 9600bit burst 1600 latency 8s
        nx e53r tc qdisc add dev ppp0 root tbf rate 9600bit burst 1600 latency 8s ;;
    ras-timing-16s) ras_up; ras_hold drop 16 ;;
    ras-one-way) ras_up; printf '%s\n' 'table ip lab_ras {' 'chain c {' 'type filter hook prerouting priority -200;' 'iifname "ppp0" drop' '}' '}' | nft_in e53r ;;
    same-lan-twice)
        ip link add x0 netns "${ID}sw" type veth peer name eth1 netns "${ID}c"; ipn e53sw link set x0 up
        ipn e53c addr add 10.53.0.3/24 brd + dev eth1 noprefixroute; ipn e53c link set eth1 up
        ipn e53c route del 10.53.0.0/24 dev eth0; ipn e53c route add 10.53.0.0/24 dev eth1 metric 10
        ipn e53c route add 10.53.0.0/24 dev eth0 metric 100 ;;
    router-next-hop-dead) ipn e53r addr flush dev eth1; ipn e53r route replace 10.53.1.0/24 via 10.53.0.99 ;;
    server-gateway-wrong) ipn e53m route replace default via 10.53.1.99 ;;
    two-hosts-nxdomain) client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC"; echo "$DEAD filesrv" >>"$CE"/hosts ;;
    two-mtu-loss) drop_in e53r forward 'ip length > 500 drop' 'numgen random mod 100 < 11 drop' ;;
    two-drop-dns-slow) dns_fake slow2000 10.53.0.10; drop_in e53s input "$SMB_PORTS drop" ;;
    two-hung-loss) kill_named e53s "$SMBD_RE" STOP; touch "$RUN/dirty.smbd.e53s"; trips_lost 11 ;;
    snmp-closed) says 'Timeout: No Response from filesrv.'; set_env 'SETS=server=filesrv port=161' ;;
    snmp-dropped) says 'Timeout: No Response from filesrv.'; set_env 'SETS=server=filesrv port=161'; drop_in e53s input 'udp dport 161 drop' ;;
    ssh-refused-ras) ras_up; says 'ssh: connect to host remsrv port 22: Connection refused' ;;
    smtp-mute)
        labd e53s smtp slow 25 2525 3000; labd e53s smtp2 tcp 2525 banner $'220 mail ready\r\n'
        says 'connect to filesrv[10.53.0.10]:25: Connection timed out' ;;
    ok-dns-here)
        client_smbconf 'name resolve order = lmhosts host'; echo "search $DOM" >"$CE"/resolv.conf
        labd e53c dnsl dns slow1 10.53.0.10 ;;
    srv-two-nics) more_legs s ;;
    srv-two-nics-drop) more_legs s; drop_in e53s input "$SMB_PORTS drop" ;;
    srv-two-nics-stopped) more_legs s; smbd_stop e53s ;;
    srv-two-nics-no-ping) more_legs s; no_ping; drop_in e53s input "$SMB_PORTS drop" 'icmp type echo-request drop' ;;
    duplicate-drop)
        ipn e53o addr add 10.53.0.10/24 dev eth0; drop_in e53s input "$SMB_PORTS drop"
        drop_in e53o input "$SMB_PORTS drop" ;;
    duplicate-works) ipn e53o addr add 10.53.0.10/24 dev eth0 ;;
    gw-two-nics-drop) more_legs r; drop_in e53m input "$SMB_PORTS drop" ;;
    gw-two-nics-stopped) more_legs r; smbd_stop e53m ;;
    gw-two-nics-off) more_legs r; ipn e53m link set eth0 down ;;
    gw-two-nics-acl) more_legs r; drop_in e53r forward 'ip daddr 10.53.1.0/24 reject with icmp type admin-prohibited' ;;
    dns-v6-stopped) client_smbconf 'name resolve order = lmhosts host'; dns_with; drop_in e53d input 'ip6 nexthdr udp udp dport 53 reject'; name_servers 2001:DB8:77::53 ;;
    resolv-comment) client_smbconf 'name resolve order = lmhosts host'; printf 'nameserver 10.53.0.53#site\nsearch %s\noptions timeout:1 attempts:2\n' "$DOM" >"$CE"/resolv.conf ;;
    dns-stub-gateway)
        client_smbconf 'name resolve order = lmhosts host'; name_servers 127.0.0.53; ipn e53sw link set r0 down
        drop_in e53c output 'ip daddr 127.0.0.53 drop' ;;
    two-dns-gateway-off) client_smbconf 'name resolve order = lmhosts host'; ipn e53sw link set d0 down; ipn e53sw link set r0 down ;;
    two-dns-dropped-gateway)
        client_smbconf 'name resolve order = lmhosts host'; ipn e53sw link set r0 down
        drop_in e53d input 'meta l4proto { tcp, udp } th dport 53 drop' ;;
    hung-no-ping) no_ping; kill_named e53s "$SMBD_RE" STOP; touch "$RUN/dirty.smbd.e53s" ;;
    hung-far-no-ping) no_ping; kill_named e53m "$SMBD_RE" STOP; touch "$RUN/dirty.smbd.e53m" ;;
    payload-no-ping) no_ping; drop_in e53s input 'tcp dport { 139, 445 } tcp flags & (syn | fin | rst) == 0 ip length > 60 drop' ;;
    drop-no-ping | drop-far-no-ping) no_ping; drop_in e53s input "$SMB_PORTS drop"; drop_in e53m input "$SMB_PORTS drop" ;;
    drop-445-no-ping) no_ping; smbd_with e53s 'smb ports = 445'; drop_in e53s input 'tcp dport 445 drop' ;;
    drop-far-no-netbios) no_ping; nbns_stop e53m; drop_in e53m input "$SMB_PORTS drop" ;;
    loss-30-no-ping) no_ping; trips_lost 16 ;;
    stopped-no-ping) no_ping; smbd_stop e53m ;;
    stale-no-ping) no_ping; client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC" --host-record="filesrv.$DOM,10.53.0.77" ;;
    ras-late-no-ping) no_ping; ras_up 3500 ;;
    ras-drop-no-ping) no_ping; ras_up; drop_in e53m input "$SMB_PORTS drop" ;;
    mtu-back-no-ping) drop_in e53r forward 'iifname "eth1" ip length > 300 drop' 'ip protocol icmp drop' ;;
    mtu-no-ping) drop_in e53r forward 'ip length > 300 drop' 'ip protocol icmp drop' ;;
    mtu-1400-no-ping) drop_in e53r forward 'ip length > 1400 drop' 'ip protocol icmp drop' ;;
    dns-far-dead) name_servers 10.53.1.53 ;;
    dns-far-no-route) name_servers 10.53.9.53 ;;
    dns-far-prohibited) name_servers 10.53.1.53; drop_in e53r forward 'ip daddr 10.53.1.53 reject with icmp type admin-prohibited' ;;
    dns-alias-v6) dns_with "$REM_REC" --cname="filesrv.$DOM,six.$DOM" --host-record="six.$DOM,2001:db8:53::dead" ;;
    dns-two-lines) printf 'nameserver 10.53.0.199 10.53.0.53\nsearch %s\noptions timeout:1 attempts:2\n' "$DOM" >"$CE"/resolv.conf ;;
    resolv-indent) printf ' nameserver 10.53.0.53\nsearch %s\noptions timeout:1 attempts:2\n' "$DOM" >"$CE"/resolv.conf ;;
    smb2-min-3) client_smbconf 'client min protocol = SMB3'; smbd_with e53s 'server max protocol = SMB2_02' ;;
    ok-smb-equal) client_smbconf 'client min protocol = SMB3_00' 'client max protocol = SMB3_00'; smbd_with e53s 'server min protocol = SMB3_00' 'server max protocol = SMB3_00' ;;
    smb-client-302) client_smbconf 'client max protocol = SMB3_02'; smbd_with e53s 'server min protocol = SMB3_11' ;;
    ssh-far-duplicate-gateway)
        serves_ssh; ipn e53o addr add 10.53.0.1/24 dev eth0; labd e53o garp garp "${ID}o" eth0 10.53.0.1 50 ;;
    two-nxdomain-stopped) client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC"; smbd_stop e53s ;;
    two-nxdomain-gateway) client_smbconf 'name resolve order = lmhosts host'; dns_with --host-record="othersrv.$DOM,10.53.0.77"; ipn e53sw link set r0 down ;;
    two-hosts-stopped) echo "$DEAD filesrv" >>"$CE"/hosts; smbd_stop e53s ;;
    two-acl-stopped) drop_in e53r forward 'ip daddr 10.53.1.0/24 reject with icmp type admin-prohibited'; smbd_stop e53m ;;
    two-aaaa-dead-drop) dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::dead"; drop_in e53s input "$SMB_PORTS drop" ;;
    two-loss-stopped) smbd_stop e53s; trips_lost 16 ;;
    two-dns-behind-gateway) client_smbconf 'name resolve order = lmhosts host'; name_servers 10.53.1.53; ipn e53sw link set r0 down ;;
    router-port-unreach) drop_in e53r forward "$SMB_PORTS reject with icmp type port-unreachable" ;;
    router-net-prohib) drop_in e53r forward 'ip daddr 10.53.1.0/24 reject with icmp type net-prohibited' ;;
    router-host-prohib) drop_in e53r forward 'ip daddr 10.53.1.0/24 reject with icmp type host-prohibited' ;;
    router-prohib-client) drop_in e53r forward 'ip saddr 10.53.0.2 reject with icmp type admin-prohibited' ;;
    ssh-host-prohib)
        serves_ssh; drop_in e53s input 'tcp dport 22 reject with icmp type host-prohibited'
        says 'ssh: connect to host filesrv port 22: No route to host' ;;
    dnat-dead-far)
        { echo 'table ip lab_dnat {'
          echo 'chain pre { type nat hook prerouting priority -100; ip daddr 10.53.1.10 tcp dport { 139, 445 } dnat to 10.53.1.99; }'; echo '}'; } | nft_in e53r ;;
    redirect-client)
        { echo 'table ip lab_dnat {'
          echo 'chain out { type nat hook output priority -100; tcp dport { 139, 445 } redirect to :4450; }'; echo '}'; } | nft_in e53c ;;
    synack-other-address) answers_as e53s 'tcp sport { 139, 445 }' 10.53.0.11 ;;
    synproxy-stopped)
        smbd_stop e53s
        { echo 'table ip lab_proxy {'
          echo 'chain raw { type filter hook prerouting priority raw; tcp dport { 139, 445 } tcp flags syn notrack; }'
          echo 'chain c { type filter hook input priority 0; tcp dport { 139, 445 } ct state { invalid, untracked } synproxy mss 1460 wscale 7 timestamp sack-perm; }'
          echo '}'; } | nft_in e53s ;;
    tarpit)
        smbd_stop e53s; drop_in e53s output 'tcp sport { 139, 445 } tcp flags & rst == rst drop'
        labd e53s tarpit tarpit 445 139 ;;
    tarpit-ssh)
        drop_in e53s output 'tcp sport 22 tcp flags & rst == rst drop'
        labd e53s tarpit tarpit 22 22; says 'ssh: connect to host filesrv port 22: Connection timed out' ;;
    smb-drip) smbd_stop e53s; labd e53s tcp445 tcp 445 drip 'a service that is slow to speak'; labd e53s tcp139 tcp 139 drip 'a service that is slow to speak' ;;
    smb-echo) smbd_stop e53s; labd e53s tcp445 tcp 445 echo; labd e53s tcp139 tcp 139 echo ;;
    smb-eof) smbd_stop e53s; labd e53s tcp445 tcp 445 eof; labd e53s tcp139 tcp 139 eof ;;
    smb-tls) smbd_stop e53s; tls_server e53s files.example 445 ;;
    smb3-min) client_smbconf 'client max protocol = SMB2_10'; smbd_with e53s 'server min protocol = SMB3_00' 'server max protocol = SMB3_02' ;;
    smb-client-311) client_smbconf 'client min protocol = SMB3_11'; smbd_with e53s 'server max protocol = SMB2_10' ;;
    ok-anonymous-denied) smbd_with e53s 'restrict anonymous = 2' 'map to guest = Never' ;;
    ok-called-star) nbgw 82 '*SMBSERVER' ;;
    ok-dns-first-servfail) name_servers 10.53.0.77 10.53.0.53; labd e53o dns dns 2; client_smbconf 'name resolve order = lmhosts host' ;;
    dns-empty) dns_fake 0 ;;
    dns-truncated-tcp) dns_fake cut; drop_in e53d input 'tcp dport 53 drop' ;;
    dns-cname-loop) dns_fake loop ;;
    dns-prohibited) drop_in e53d input 'meta l4proto { tcp, udp } th dport 53 reject with icmpx type admin-prohibited' ;;
    dns-other-address) answers_as e53d 'udp sport 53' 10.53.0.54 ;;
    dns-hijack-public) dns_with "$REM_REC" --address=/$DOM/203.0.113.7; drop_in e53r forward 'ip daddr 203.0.113.0/24 drop'; ipn e53r route add 203.0.113.0/24 via 10.53.1.10 ;;
    dns-hijack-unreach) dns_with "$REM_REC" --address=/$DOM/203.0.113.7 ;;
    dns-fourth) name_servers 10.53.0.197 10.53.0.198 10.53.0.199 10.53.0.53 ;;
    resolv-garbage) printf 'nameserver = 10.53.0.53\nsearch %s\noptions timeout:1 attempts:2\n' "$DOM" >"$CE"/resolv.conf ;;
    hosts-crlf) printf '%s filesrv\r\n' "$DEAD" >>"$CE"/hosts ;;
    hosts-comment) echo "$DEAD filesrv#as it was" >>"$CE"/hosts ;;
    ok-hosts-full-name) echo "$DEAD filesrv.$DOM" >>"$CE"/hosts ;;
    ok-suffix-second) printf 'nameserver 10.53.0.53\nsearch empty.test %s\noptions timeout:1 attempts:2\n' "$DOM" >"$CE"/resolv.conf; client_smbconf 'name resolve order = lmhosts host' ;;
    ok-full-name-dot) ;;
    ok-reverse-wrong) dns_with --host-record="othersrv.$DOM,10.53.0.10" ;;
    address-old | address-typo) ;;
    ok-client-scope) client_smbconf 'netbios scope = ELSEWHERE' ;;
    wins-two) wins_edit 's/10\.53\.1\.10 66R$/10.53.1.99 10.53.1.10 66R/' ;;
    lmhosts-pre) printf '%s\tFILESRV\t#PRE #DOM:LAB53\n' "$DEAD" >>"$CE"/samba/lmhosts ;;
    proxy-arp-off) ipn e53sw link set s0 down; ipn e53r neigh add proxy 10.53.0.10 dev eth0 ;;
    static-arp-live) ipn e53c neigh replace 10.53.0.10 lladdr "$(mac_of e53o)" dev eth0 nud permanent ;;
    static-arp-gateway) ipn e53c neigh replace 10.53.0.1 lladdr 02:00:00:00:00:99 dev eth0 nud permanent ;;
    server-static-arp) ipn e53s neigh replace 10.53.0.2 lladdr 02:00:00:00:00:99 dev eth0 nud permanent ;;
    ok-static-arp) ipn e53c neigh replace 10.53.0.10 lladdr "$(mac_of e53s)" dev eth0 nud permanent ;;
    duplicate-gateway) ipn e53o addr add 10.53.0.1/24 dev eth0; labd e53o garp garp "${ID}o" eth0 10.53.0.1 50 ;;
    route-unreachable) ipn e53c route add unreachable 10.53.1.0/24 ;;
    route-specific-dead) ipn e53c route add 10.53.1.10 via 10.53.0.254 ;;
    route-specific-host) ipn e53c route add 10.53.1.10 via 10.53.0.77 ;;
    route-on-link) ipn e53c route add 10.53.1.0/24 dev eth0 ;;
    source-address) ipn e53c addr add 10.53.8.2/24 dev eth0; ipn e53c route add 10.53.1.0/24 via 10.53.0.1 src 10.53.8.2 ;;
    mtu-back) drop_in e53r forward 'iifname "eth1" ip length > 300 drop' ;;
    mtu-back-tcp) drop_in e53r forward 'iifname "eth1" ip protocol tcp ip length > 300 drop' ;;
    ok-jumbo-client | ok-jumbo-far) ipn e53c link set eth0 mtu 9000 ;;
    jumbo-switch) jumbo 1500 ;;
    jumbo-switch-ssh) serves_ssh; jumbo 1500 ;;
    jumbo-switch-web)
        labd e53s web tcp 443 silent; jumbo 1500
        says 'curl: (28) Failed to connect to filesrv port 443 after 130211 ms: Connection timed out' ;;
    ok-jumbo) jumbo 9000 ;;
    ok-jumbo-ssh) serves_ssh; jumbo 9000 ;;
    ok-mss-clamped) drop_in e53r forward 'tcp flags syn tcp option maxseg size set 900' 'ip length > 1000 drop' ;;
    half-duplex) bridge_drop 'ether type ip ip length > 500 numgen random mod 100 < 50 drop' ;;
    tun-dead) ras_up 2 100 ;;
    ok-ras-default) ras_up; ipn e53c route del 10.53.1.0/24; ipn e53c route replace default dev ppp0 ;;
    ras-down-dns) ras_up; ipn e53c link set ppp0 down; drop_in e53d input 'udp dport { 53, 137 } drop' ;;
    ras-other-link) ras_up; ipn e53c link set ppp0 down; ipn e53c link set ppp0 name tun9; ipn e53c link set tun9 up ;;
    ras-peer-acl) ras_up; drop_in e53r forward 'iifname "ppp0" reject with icmp type admin-prohibited' ;;
    ras-peer-alone) ras_up; drop_in e53r forward 'iifname "ppp0" drop' ;;
    ras-goes) ras_up; later ipn e53c link del ppp0 ;;
    own-name) echo '10.53.0.2 client' >>"$CE"/hosts; set_env KNOWN_IP=10.53.0.2 ;;
    first-three)
        { echo 'table ip lab_first {'
          echo 'chain c { type filter hook input priority 0; tcp dport { 139, 445 } tcp flags & (syn | ack) == syn numgen inc mod 1000 >= 3 drop; }'; echo '}'; } | nft_in e53s ;;
    mid-gateway-returns) ipn e53sw link set r0 down; later_by 1.5 ipn e53sw link set r0 up ;;
    mid-dns-ends) client_smbconf 'name resolve order = lmhosts host'; hold_in e53d 2s 'udp dport 53' ;;
    ok-slow-server-5) smbd_with e53s 'smb ports = 4450'; labd e53s slow slow 445 4450 5000 ;;
    ssh-nxdomain) serves_ssh; dns_with "$REM_REC"; says 'ssh: Could not resolve hostname filesrv: Name or service not known' ;;
    curl-dns-stopped) touch "$RUN/dirty.dns"; kill_named e53d '^dnsmasq'; says 'curl: (6) Could not resolve host: filesrv' ;;
    mount-off) ipn e53sw link set s0 down; says 'mount error(112): Host is down'; set_env SETS=server=filesrv ;;
    startups-fourth)
        serves_ssh; labd e53s away tcp 2222 end0 $'Exceeded MaxStartups\r\n'; ssh_says
        printf '%s\n' 'table ip lab_away {' 'chain c { type nat hook prerouting priority -100;' \
            'tcp dport 22 numgen inc mod 4 == 0 redirect to :2222; }' '}' | nft_in e53s ;;
    rr-one-refuses-some)
        serves_ssh; ipn e53s addr add 10.53.0.11/24 dev eth0
        drop_in e53s input 'ip daddr 10.53.0.11 tcp dport 22 tcp flags & (syn | ack) == syn numgen inc mod 2 < 1 reject with tcp reset'
        dns_with --host-record="filesrv.$DOM,10.53.0.10" --host-record="filesrv.$DOM,10.53.0.11" ;;
    cut-at-greeting) ssh_cut e53s cut0 ;;
    cut-soon) ssh_cut e53s cut250 ;;
    cut-far) ssh_cut e53m cut250 ;;
    cut-sql)
        labd e53s sql tcp 5432 end250 ''
        says 'psql: error: connection to server at "filesrv" (10.53.0.10), port 5432 failed: server closed the connection unexpectedly' ;;
    cut-of-any) labd e53s own tcp 7000 cut0 $'hello\r\n'; of_port 7000 'Recv failure: Connection reset by peer' ;;
    cut-third)
        serves_ssh; ssh_says; labd e53s cut tcp 2222 cut0 $'SSH-2.0-OpenSSH_9.2\r\n'
        printf '%s\n' 'table ip lab_dnat {' 'chain pre { type nat hook prerouting priority -100;' \
            'tcp dport 22 numgen inc mod 3 == 1 redirect to :2222; }' '}' | nft_in e53s ;;
    ok-cut-not) serves_ssh; ssh_says ;;
    ok-word-and-close) labd e53s own tcp 7000 end0 $'hello\r\n'; of_port 7000 'Connection timed out' ;;
    ok-tls-other-name)
        tls_server e53s other.example
        says "curl: (60) SSL: no alternative certificate subject name matches target host name 'filesrv'" ;;
    ok-account-locked) says 'session setup failed: NT_STATUS_ACCOUNT_LOCKED_OUT'; set_env SETS=server=filesrv ;;
    ok-clock-skew)
        labd e53s kdc tcp 88 silent
        says 'kinit: Clock skew too great while getting initial credentials'; set_env SETS=server=filesrv ;;
    proxy-refused) says "curl: (7) Failed to connect to filesrv port 3128 after 2 ms: Couldn't connect to server" ;;
    v6-name-no-route)
        dns_with "$REM_REC" --host-record="filesrv.$DOM,2001:db8:999::10"
        says 'ssh: connect to host filesrv port 22: Network is unreachable' ;;
    hosts-stale-ssh)
        serves_ssh; echo "10.53.0.77 filesrv" >>"$CE"/hosts
        says 'ssh: connect to host filesrv port 22: Connection refused' ;;
    dns-two-ssh) serves_ssh; dns_with "$REM_REC" --host-record="filesrv.$DOM,$DEAD" --host-record="filesrv.$DOM,10.53.0.10" ;;
    fw-after-packets)
        nx e53s sysctl -qw net.netfilter.nf_conntrack_acct=1
        drop_in e53s input 'tcp dport { 139, 445 } ct original packets > 4 drop' ;;
    asymmetric-stateful)
        nx e53o sysctl -qw net.ipv4.ip_forward=1; ipn e53m route add 10.53.0.2/32 via 10.53.1.77
        ipn e53o link del d9 2>/dev/null || true
        ip link add d9 netns "${ID}o" type veth peer name d9 netns "${ID}m"
        ipn e53o addr add 10.53.1.77/32 dev d9; ipn e53o link set d9 up; ipn e53o route add 10.53.1.10/32 dev d9
        ipn e53m link set d9 up; ipn e53m route add 10.53.1.77/32 dev d9; ipn e53m route replace 10.53.0.2/32 via 10.53.1.77 dev d9 onlink
        nx e53r sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
        drop_in e53r forward 'ct state invalid drop' 'ct state new tcp flags & syn == 0 drop' ;;
    suffix-surprise)
        printf 'nameserver 10.53.0.53\nsearch parked.test %s\noptions timeout:1 attempts:2\n' "$DOM" >"$CE"/resolv.conf
        dns_with "$REM_REC" --host-record="filesrv.$DOM,10.53.0.10" --address=/parked.test/10.53.0.77
        client_smbconf 'name resolve order = host' ;;
    nb-wrong-host)
        client_smbconf 'name resolve order = bcast'; nbns_stop e53s; wins_edit '/NBSRV/d'
        nbns_start e53o 10.53.0.77 'OTHERSRV NBSRV' ;;
    mtu-server-only) ipn e53s link set eth0 mtu 1000 ;;
    mtu-server-only-ssh) serves_ssh; ipn e53s link set eth0 mtu 1000 ;;
    https-is-ssh)
        labd e53s web tcp 443 banner $'SSH-2.0-OpenSSH_9.2\r\n'
        says 'curl: (35) error:0A00010B:SSL routines::wrong version number'; set_env 'SETS=server=filesrv port=443' ;;
    banned) serves_ssh; drop_in e53s input 'ip saddr 10.53.0.2 tcp dport 22 drop' ;;
    banned-rejects)
        serves_ssh; drop_in e53s input 'ip saddr 10.53.0.2 tcp dport 22 reject with icmp type port-unreachable'
        says 'ssh: connect to host filesrv port 22: Connection refused' ;;
    ok-limit-ssh)
        serves_ssh; drop_in e53s input 'tcp dport 22 tcp flags & (syn | ack) == syn limit rate over 12/minute burst 5 packets reject with tcp reset' ;;
    vpn-route-stale)
        second_nic up; ipn e53c route add 10.53.1.0/24 via 10.53.7.1 dev eth1 ;;
    bridge-overlaps) second_nic up; ipn e53c addr add 10.53.1.1/24 brd + dev eth1 ;;
    bridge-overlaps-down) second_nic down; ipn e53c addr add 10.53.1.1/24 brd + dev eth1 ;;
    v6-only-listens)
        serves_ssh; dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10"
        drop_in e53s input 'meta nfproto ipv4 tcp dport 22 reject with tcp reset'
        says 'ssh: connect to host filesrv port 22: Connection refused' ;;
    route-goes) later ipn e53c route del default ;;
    two-dhcp)
        ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.8.2/24 brd + dev eth0
        ipn e53c route replace default via 10.53.8.1 dev eth0 ;;
    service-silent-elsewhere) labd e53s sshs tcp 2222 silent; says 'ssh: connect to host filesrv port 2222: Connection timed out' ;;
    reset-at-words) serves_sql; drop_in e53s input 'tcp dport 5432 tcp flags & (syn | fin | rst) == 0 ip length > 60 reject with tcp reset' ;;
    rp-filter-server) nx e53m sysctl -qw net.ipv4.conf.all.rp_filter=1; touch "$RUN/dirty.rp_filter"; ipn e53m route add blackhole 10.53.0.0/24 ;;
    rp-filter-router) drop_in e53r prerouting 'iifname "eth0" fib saddr . iif oif missing drop'; ipn e53r route add 10.53.0.2/32 dev eth1 ;;
    conntrack-full) drop_in e53s input 'tcp dport { 139, 445 } ct state new numgen random mod 100 < 97 drop' ;;
    ras-late-3s) later_by 3 ras_up ;;
    client-fw-in) drop_in e53c input 'tcp sport { 139, 445 } drop' ;;
    client-fw-all-in) drop_in e53c input 'ip saddr 10.53.0.10 drop' ;;
    server-mask-31) ipn e53s -4 addr flush dev eth0; ipn e53s addr add 10.53.0.10/31 dev eth0 ;;
    gateway-of-other-net) ipn e53c route replace default via 10.53.8.1 dev eth0 onlink ;;
    smb-signing-required) smbd_with e53s 'server signing = mandatory' ;;
    smb-encrypt-3) smbd_with e53s 'smb encrypt = required' ;;
    smb-server-208) smbd_with e53s 'server max protocol = SMB2_02' ;;
    wrong-share) set_env SHARE=nosuch ;;
    dns-ttl-two-servers)
        name_servers 10.53.0.53 10.53.0.77; dns_with "$REM_REC" --host-record="filesrv.$DOM,$DEAD"; labd e53o dns dns slow1 10.53.0.10
        client_smbconf 'name resolve order = lmhosts host' ;;
    hosts-ipv6-dead) echo "2001:db8:53::dead filesrv" >>"$CE"/hosts ;;
    loss-to-server-30) bridge_drop 'oifname "s0" numgen random mod 100 < 30 drop' ;;
    tcp-flags-dropped) drop_in e53s input 'tcp dport { 139, 445 } tcp option maxseg exists drop' ;;
    reset-only-445) drop_in e53s input 'tcp dport 445 reject with tcp reset' ;;
    backlog-full-ssh) labd e53s sshs tcp 22 full; says 'ssh: connect to host filesrv port 22: Connection timed out' ;;
    loopback-only-ssh) says 'ssh: connect to host filesrv port 22: Connection refused' ;;
    hung-ssh-greeted) labd e53s sshs tcp 22 greet1 $'SSH-2.0-OpenSSH_9.2\r\n'; says 'ssh: connect to host filesrv port 22: Connection timed out'; drop_in e53s input 'icmp type echo-request numgen random mod 100 < 30 drop' ;;
    two-ssh-one-hung) serves_ssh; dns_with "$REM_REC" --host-record="filesrv.$DOM,10.53.0.10" --host-record="filesrv.$DOM,10.53.0.77"; labd e53o ssho tcp 22 silent ;;
    slow-negotiate) smbd_with e53s 'smb ports = 4450'; labd e53s slow slow 445 4450 3000 ;;
    hung-ssh) labd e53s sshs tcp 22 silent; says 'ssh: connect to host filesrv port 22: Connection timed out' ;;
    max-startups) labd e53s sshs tcp 22 close; says 'Connection closed by 10.53.0.10 port 22' ;;
    ssh-is-http) labd e53s sshs tcp 22 banner $'220 mail ready\r\n'; says 'ssh: connect to host filesrv port 22: Connection refused' ;;
    sql-rejected-far) serves_ssh; drop_in e53r forward 'tcp dport 22 reject with icmp type admin-prohibited' ;;
    sql-port-unreach) serves_sql; drop_in e53s input 'tcp dport 5432 reject with icmpx type port-unreachable' ;;
    router-down-later) later ipn e53sw link set r0 down ;;
    wins-answers-broadcast) wins_edit '/NBSRV/s/10.53.0.10/255.255.255.255/' ;;
    two-default-routes) ipn e53c route del default; ipn e53c route add default via 10.53.0.254 metric 10; ipn e53c route add default via 10.53.0.1 metric 100 ;;
    arp-ignored) nx e53s sysctl -qw net.ipv4.conf.all.arp_ignore=8; touch "$RUN/dirty.arp" ;;
    asymmetric) nx e53o sysctl -qw net.ipv4.ip_forward=1; ipn e53r route add 10.53.0.2/32 via 10.53.0.77 ;;
    ttl-low) drop_in e53r forward 'ip ttl set 1'; drop_in e53m input 'ip ttl < 2 drop' ;;
    ipv6-prefers-hang)
        dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::77"
        drop_in e53o input "meta nfproto ipv6 $SMB_PORTS drop" ;;
    ssh-v6-refused)
        serves_ssh; dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10" ;;
    vlan-one-way) bridge_drop 'iifname "s0" oifname "c0" drop' ;;
    mtu-ssh*|ok-ssh*)
        serves_ssh
        case $1 in
        mtu-ssh) drop_in e53r forward 'ip length > 1000 drop' ;;
        mtu-ssh-no-ping) drop_in e53r forward 'ip length > 1000 drop' 'ip protocol icmp drop' ;;
        mtu-ssh-no-udp) drop_in e53r forward 'ip length > 1000 drop' 'udp dport > 1024 drop' ;;
        ok-ssh-large-ping) drop_in e53r forward 'ip protocol icmp ip length > 1000 drop' ;;
        ok-ssh-small-mtu) ipn e53r link set eth1 mtu 576; ipn e53m link set eth0 mtu 576 ;;
        ok-ssh-no-ping) drop_in e53m input 'icmp type echo-request drop' ;;
        ok-ssh-no-ping-no-udp) drop_in e53m input 'ip protocol icmp drop' 'udp dport 1-65535 drop' ;;
        esac ;;
    mtu-https)
        labd e53m web tcp 443 silent; drop_in e53r forward 'ip length > 300 drop'
        says 'curl: (28) Failed to connect to remsrv port 443 after 130211 ms: Connection timed out' ;;
    mtu-sql) serves_sql; bridge_drop 'ether type ip ip length > 1300 drop' ;;
    mtu-sql-answers) serves_sql; bridge_drop 'iifname "s0" ether type ip ip length > 1300 drop' ;;
    ok-sql) serves_sql ;;
    backend-refuses) serves_sql; drop_in e53s input 'tcp dport 5432 tcp flags & (syn | ack) == syn numgen inc mod 3 == 1 reject with tcp reset' ;;
    backend-refuses-at-random) serves_sql; drop_in e53s input 'tcp dport 5432 tcp flags & (syn | ack) == syn numgen random mod 100 < 33 reject with tcp reset' ;;
    backend-drops) serves_sql; drop_in e53s input 'tcp dport 5432 tcp flags & (syn | ack) == syn numgen inc mod 3 == 1 drop' ;;
    backend-drops-far)
        labd e53m sql tcp 5432 silent
        says 'connection to server at "remsrv" (10.53.1.10), port 5432 failed: Connection timed out'
        drop_in e53m input 'tcp dport 5432 tcp flags & (syn | ack) == syn numgen inc mod 3 == 1 drop' ;;
    ssh-drops-third) serves_ssh; drop_in e53m input 'tcp dport 22 tcp flags & (syn | ack) == syn numgen inc mod 3 == 1 drop' ;;
    ssh-refuses-third) serves_ssh; drop_in e53s input 'tcp dport 22 tcp flags & (syn | ack) == syn numgen inc mod 3 == 1 reject with tcp reset' ;;
    ssh-loss-50) serves_ssh; drop_in e53r forward 'numgen random mod 100 < 29 drop' ;;
    ssh-loss-50-no-ping) serves_ssh; drop_in e53r forward 'numgen random mod 100 < 29 drop' 'icmp type echo-request drop' ;;
    hung-ssh-no-ping)
        labd e53m sshm tcp 22 silent; drop_in e53m input 'icmp type echo-request drop'
        says 'ssh: connect to host remsrv port 22: Connection timed out' ;;
    own-address-taken*) ipn e53o addr add 10.53.0.2/24 dev eth0; labd e53o garp garp "${ID}o" eth0 10.53.0.2 50 ;;
    rule-unreachable) smb_rule unreachable ;;
    rule-prohibit) smb_rule prohibit ;;
    rule-blackhole) smb_rule blackhole ;;
    rule-dead-gateway) smb_rule lookup 53; ipn e53c route add default via 10.53.0.99 table 53 ;;
    ok-ras-1s) ras_up 500 ;;
    ok-slow-server) smbd_with e53s 'smb ports = 4450'; labd e53s slow slow 445 4450 1100 ;;
    ok-lossless-far) drop_in e53m input 'ip protocol icmp limit rate over 30/second drop' ;;
    loss-20) bridge_drop 'oifname "s0" numgen random mod 100 < 11 drop' 'iifname "s0" numgen random mod 100 < 11 drop' ;;
    loss-50) bridge_drop 'oifname "s0" numgen random mod 100 < 29 drop' 'iifname "s0" numgen random mod 100 < 29 drop' ;;
    loss-far-20-no-ping) drop_in e53r forward 'icmp type echo-request drop' 'numgen random mod 100 < 11 drop' ;;
    loss-far-20-refused)
        drop_in e53r forward 'tcp dport 139 reject with tcp reset' 'icmp type echo-request drop' 'numgen random mod 100 < 11 drop' ;;
    loss-20-no-ping) drop_in e53s input 'icmp type echo-request drop'; trips_lost 11 ;;
    loss-far-30) drop_in e53r forward 'numgen random mod 100 < 16 drop' ;;
    slow-link-1k) nx e53sw tc qdisc add dev s0 root tbf rate 1kbit burst 1600 limit 12000 ;;
    slow-link-tight) nx e53sw tc qdisc add dev s0 root tbf rate 2kbit burst 1514 latency 5s ;;
    link-flap-slow) labd e53c flap flap "${ID}sw" c0 1500 1000 ;;
    ok-dns-second) name_servers 10.53.0.77 10.53.0.53; drop_in e53o input 'udp dport 53 drop' ;;
    ok-dns-second-dead) name_servers 10.53.0.53 10.53.0.199 ;;
    ok-dns-no-aaaa) drop_in e53d input 'udp dport 53 @ih,232,16 0x001c drop' ;;
    ok-dns-v6) name_servers 2001:db8:53::53; touch "$RUN/dirty.dns"; dns_start ;;
    ok-dns-dropped-netbios) drop_in e53d input 'udp dport { 53, 137 } drop' ;;
    ok-ras-dns-silent) ras_up; drop_in e53d input 'udp dport 53 drop' ;;
    ok-139-dropped) drop_in e53s input 'tcp dport 139 drop' 'udp dport 137 drop' ;;
    ok-only-445-silent) drop_in e53s input 'iifname "eth0" tcp dport != 445 drop' 'iifname "eth0" meta l4proto { udp, icmp } drop' ;;
    ok-echo-reset) drop_in e53s input "$SMB_ECHO reject with tcp reset" ;;
    ok-echo-reset-no-ping) drop_in e53m input "$SMB_ECHO reject with tcp reset" 'icmp type echo-request drop' ;;
    ok-echo-dropped) drop_in e53s input "$SMB_ECHO drop" ;;
    ok-139-refused-far) drop_in e53r forward 'tcp dport 139 reject with tcp reset' ;;
    ok-no-ping-far) drop_in e53m input 'icmp type echo-request drop' ;;
    ok-445-filtered-far) drop_in e53r forward 'tcp dport 445 drop' ;;
    ok-ras-1s-445-filtered) ras_up 500; drop_in e53m input 'tcp dport 445 drop' ;;
    ok-two-nics) second_nic down; client_smbconf 'name resolve order = lmhosts host' ;;
    ok-two-nics-default-dead)
        second_nic down; client_smbconf 'name resolve order = lmhosts host'
        ipn e53c route replace default via 10.53.7.1 dev eth1 ;;
    two-nics-dns-dead)
        second_nic down; client_smbconf 'name resolve order = lmhosts host'; name_servers 10.53.7.53
        ipn e53c route replace default via 10.53.7.1 dev eth1 ;;
    two-nics-nxdomain)
        second_nic down; client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC"
        ipn e53c route replace default via 10.53.7.1 dev eth1 ;;
    two-nics-server-dead) second_nic down; ipn e53c route add 10.53.0.10 dev eth1; client_smbconf 'name resolve order = lmhosts host' ;;
    two-dns2-hosts) name_servers 10.53.0.53 10.53.0.199; echo "$DEAD filesrv" >>"$CE"/hosts ;;
    hosts-two-lines) printf '%s filesrv\n10.53.0.10 filesrv\n' "$DEAD" >>"$CE"/hosts ;;
    hosts-loopback) echo "127.0.1.1 filesrv" >>"$CE"/hosts ;;
    hosts-zero) echo "0.0.0.0 filesrv" >>"$CE"/hosts ;;
    dns-zero) dns_with "$REM_REC" --host-record="filesrv.$DOM,0.0.0.0" ;;
    dns-captive) dns_with --address=/$DOM/10.53.0.77; labd e53o http tcp 80 http ;;
    dns-first-unaware)
        name_servers 10.53.0.77 10.53.0.53; labd e53o dns dns 3
        nbns_stop e53s; wins_edit '/FILESRV/d' ;;
    dns-stub-dead) name_servers 127.0.0.53; client_smbconf 'name resolve order = lmhosts host' ;;
    v6-mtu)
        dns_with "$REM_REC" --host-record="filesrv.$DOM,2001:db8:53::10"; client_smbconf 'name resolve order = lmhosts host'
        bridge_drop 'ether type ip6 ip6 length > 960 drop' ;;
    v6-only-v4-filtered)
        dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10"
        drop_in e53s input "meta nfproto ipv4 $SMB_PORTS drop" ;;
    v6-off-server) dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10"; ipn e53sw link set s0 down ;;
    server-mask-wide) ipn e53m -4 addr flush dev eth0; ipn e53m addr add 10.53.1.10/8 brd + dev eth0; ipn e53m route replace default via 10.53.1.1 ;;
    fw-synack) drop_in e53s output 'tcp sport { 139, 445 } tcp flags & (syn | ack) == (syn | ack) drop' ;;
    fw-refused-silent) drop_in e53s input 'tcp dport 445 reject with tcp reset' 'tcp dport 139 drop' ;;
    fw-host-unreach) drop_in e53r forward "$SMB_PORTS reject with icmp type host-unreachable" ;;
    fw-random-smb) drop_in e53s input 'tcp dport { 139, 445 } numgen random mod 100 < 50 drop' ;;
    fw-rate-smb) drop_in e53s input 'tcp dport { 139, 445 } tcp flags & (syn | ack) == syn limit rate over 3/second burst 3 packets drop' ;;
    fw-payload-rst-445) drop_in e53s input 'tcp dport 445 tcp flags & (syn | fin | rst) == 0 ip length > 60 reject with tcp reset' ;;
    smb-proxy-silent)
        nx e53s sysctl -qw net.ipv4.ip_forward=1
        labd e53o proxy tcp 8080 silent
        { echo 'table ip lab_dnat {'
          echo 'chain pre { type nat hook prerouting priority -100; tcp dport { 139, 445 } dnat to 10.53.0.77:8080; }'
          echo 'chain post { type nat hook postrouting priority 100; ip daddr 10.53.0.77 masquerade; }'; echo '}'; } | nft_in e53s ;;
    mid-hung-ends) kill_named e53s "$SMBD_RE" STOP; touch "$RUN/dirty.smbd.e53s"; { sleep 1; kill_named e53s "$SMBD_RE" CONT; } </dev/null >/dev/null 2>&1 & ;;
    wrong-mask-29) ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.0.2/29 brd + dev eth0 ;;
    wrong-mask-gw) ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.0.2/30 brd + dev eth0; ipn e53c route replace default via 10.53.0.1
        drop_in e53r forward 'iifname eth0 oifname eth0 drop' ;;
    mask-too-wide-20)
        ipn e53c -4 addr flush dev eth0; ipn e53c addr add 10.53.0.2/20 brd + dev eth0
        ipn e53c route replace default via 10.53.0.1 ;;
    prohibit-host) ipn e53c route add prohibit 10.53.1.10 ;;
    prohibit-blackhole) ipn e53c route add blackhole 10.53.1.0/24 ;;
    routing-loop-drop)
        nx e53o sysctl -qw net.ipv4.ip_forward=1
        ipn e53r addr flush dev eth1; ipn e53r route replace 10.53.1.0/24 via 10.53.0.77
        ipn e53o route replace 10.53.1.0/24 via 10.53.0.1
        drop_in e53o output 'icmp type time-exceeded drop' ;;
    mtu-1000) drop_in e53r forward 'ip length > 1000 drop' ;;
    mtu-500) drop_in e53r forward 'ip length > 500 drop' ;;
    ok-large-ping) drop_in e53r forward 'ip protocol icmp ip length > 1000 drop' ;;
    server-no-net)
        ipn e53s -4 addr flush dev eth0; ipn e53s addr add 10.53.0.10/30 brd + dev eth0
        ipn e53s route replace default via 10.53.0.9 dev eth0 onlink ;;
    fw-drop-ping-limited) drop_in e53s input "$SMB_PORTS drop" 'ip protocol icmp limit rate over 5/second burst 3 packets drop' ;;
    fw-drop-far-ping-limited) drop_in e53m input "$SMB_PORTS drop" 'ip protocol icmp limit rate over 5/second burst 3 packets drop' ;;
    ok-ping-even) drop_in e53s input 'icmp type echo-request numgen inc mod 2 == 0 drop' ;;
    ok-ping-1s) drop_in e53s input 'icmp type echo-request limit rate over 1/second burst 1 packets drop' ;;
    ok-ping-1s-far) drop_in e53m input 'icmp type echo-request limit rate over 1/second burst 1 packets drop' ;;
    fw-drop-ping-even) drop_in e53s input "$SMB_PORTS drop" 'icmp type echo-request numgen inc mod 3 < 2 drop' ;;
    fw-drop-ping-1s) drop_in e53s input "$SMB_PORTS drop" 'icmp type echo-request limit rate over 1/second burst 1 packets drop' ;;
    fw-drop-far-ping-even) drop_in e53m input "$SMB_PORTS drop" 'icmp type echo-request numgen inc mod 3 < 2 drop' ;;
    smbd-stopped-ping-even) smbd_stop e53m; drop_in e53m input 'icmp type echo-request numgen inc mod 3 < 2 drop' ;;
    arp-lost-3) bridge_drop 'iifname "s0" ether type arp numgen inc mod 1000 < 3 drop' ;;
    loss-20-arp-lost-3)
        bridge_drop 'iifname "s0" ether type arp numgen inc mod 1000 < 3 drop' 'oifname "s0" numgen random mod 100 < 11 drop' \
            'iifname "s0" numgen random mod 100 < 11 drop' ;;
    loss-answers-20) bridge_drop 'iifname "s0" numgen random mod 100 < 20 drop' ;;
    reset-third) drop_in e53s input 'tcp dport { 139, 445 } tcp flags & (syn | ack) == syn numgen random mod 100 < 33 reject with tcp reset' ;;
    reset-half) drop_in e53s input 'tcp dport { 139, 445 } tcp flags & (syn | ack) == syn numgen random mod 100 < 50 reject with tcp reset' ;;
    reset-third-445) drop_in e53s input 'tcp dport 445 tcp flags & (syn | ack) == syn numgen random mod 100 < 33 reject with tcp reset' ;;
    fw-drop-tcp) drop_in e53s input 'iifname "eth0" meta l4proto tcp drop' ;;
    fw-reject-rst-route) drop_in e53r forward "$SMB_PORTS reject with tcp reset" ;;
    fw-client-drop-445) smbd_with e53s 'smb ports = 445'; drop_in e53c output 'tcp dport 445 drop' ;;
    fw-client-prohib) drop_in e53c output "$SMB_PORTS reject with icmpx type admin-prohibited" ;;
    fw-payload-far) drop_in e53r forward 'tcp dport { 139, 445 } tcp flags & (syn | fin | rst) == 0 ip length > 60 drop' ;;
    fw-payload-rst-far) drop_in e53r forward 'tcp dport { 139, 445 } tcp flags & (syn | fin | rst) == 0 ip length > 60 reject with tcp reset' ;;
    fw-smb1-dpi)
        client_smbconf 'client min protocol = NT1' 'client max protocol = NT1'
        drop_in e53r forward 'accept'
        drop_in e53s input 'tcp dport { 139, 445 } @ih,32,32 0xff534d42 reject with tcp reset' ;;
    dns-slow-3) dns_fake slow3000 10.53.0.10 ;;
    dns-slow-6) dns_fake slow6000 10.53.0.10 ;;
    dns-stale-silent) dns_with "$REM_REC" --host-record="filesrv.$DOM,10.53.0.77"; drop_in e53o input "$SMB_PORTS drop" ;;
    dns-rr-first-dead) dns_with "$REM_REC" --host-record="filesrv.$DOM,$DEAD" --host-record="filesrv.$DOM,10.53.0.98" --host-record="filesrv.$DOM,10.53.0.10" ;;
    hosts-wrong-live) echo "10.53.0.77 filesrv" >>"$CE"/hosts ;;
    hosts-wrong-other) echo "10.53.1.10 filesrv" >>"$CE"/hosts ;;
    lmhosts-wrong-live) echo "10.53.0.77 FILESRV" >>"$CE"/samba/lmhosts ;;
    aaaa-no-route) dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:999::10" ;;
    wins-stale-live) wins_edit '/NBREM/s/10.53.1.10/10.53.0.77/' ;;
    wins-off) sed -i 's/^wins server.*/wins server = 10.53.0.199/' "$CE"/samba/smb.conf ;;
    nb-conflict-wins) client_smbconf 'name resolve order = bcast'; nbns_start e53o 10.53.0.77 'OTHERSRV NBSRV' ;;
    smb-close-both) smbd_stop e53s; labd e53s tcp445 tcp 445 close; labd e53s tcp139 tcp 139 close ;;
    smb-rst-both) smbd_stop e53s; labd e53s tcp445 tcp 445 rst; labd e53s tcp139 tcp 139 rst ;;
    smb-http) smbd_stop e53s; labd e53s tcp445 tcp 445 http; labd e53s tcp139 tcp 139 http ;;
    smb-forwarded)
        smbd_stop e53s; labd e53o http tcp 8080 http
        nx e53s sysctl -qw net.ipv4.ip_forward=1
        { echo 'table ip lab_dnat {'
          echo 'chain pre { type nat hook prerouting priority -100; tcp dport 445 dnat to 10.53.0.77:8080; }'
          echo 'chain post { type nat hook postrouting priority 100; ip daddr 10.53.0.77 masquerade; }'; echo '}'; } | nft_in e53s ;;
    smb-banner-far) smbd_stop e53m; labd e53m tcp445 tcp 445 banner $'220 ftp ready\r\n' ;;
    smbd-max-held) smbd_with e53s 'max smbd processes = 3'; labd e53o hold hold 10.53.0.10 445 3 ;;
    called-82-none) nbgw 82 OTHER ;;
    server-off-warm) remember 10.53.0.10 02:00:00:00:00:99; ipn e53sw link set s0 down ;;
    isolated-warm)
        remember 10.53.0.10 02:00:00:00:00:99
        ipn e53sw link set c0 type bridge_slave isolated on
        ipn e53sw link set s0 type bridge_slave isolated on ;;
    gateway-down-warm) remember 10.53.0.1 02:00:00:00:00:99; ipn e53sw link set r0 down ;;
    loss-5) trips_lost 3 ;;
    loss-10) trips_lost 5 ;;
    loss-40) trips_lost 23 ;;
    ok-ras-300) ras_up 150 ;;
    ok-ras-800) ras_up 400 ;;
    ras-delay-1500) ras_up 750 ;;
    two-nxdomain-off) client_smbconf 'name resolve order = lmhosts host'; dns_with "$REM_REC"; ipn e53sw link set s0 down ;;
    two-stale-stopped) dns_with "$REM_REC" --host-record="filesrv.$DOM,10.53.0.77"; smbd_stop e53s ;;
    two-drop-loss) drop_in e53s input "$SMB_PORTS drop"; trips_lost 16 ;;
    two-gateway-acl) drop_in e53r forward 'ip daddr 10.53.1.0/24 reject with icmp type admin-prohibited'; ipn e53sw link set r0 down ;;
    two-flap-off) labd e53c flap flap "${ID}sw" c0 700 2500; ipn e53sw link set s0 down ;;
    two-duplicate-stopped) smbd_stop e53s; ipn e53o addr add 10.53.0.10/24 dev eth0; labd e53o garp garp "${ID}o" eth0 10.53.0.10 50 ;;
    two-mtu-drop) drop_in e53r forward 'ip length > 300 drop'; drop_in e53m input 'tcp dport 445 drop' ;;
    two-ras-timing-loss) ras_up 20 11; ras_hold drop 8 ;;
    two-wins-dns-stale) wins_edit 's/10\.53\.1\.10 66R$/10.53.1.99 66R/'; drop_in e53m input "$SMB_PORTS drop" ;;
    mid-drop-ends-1) hold_in e53s 1s "$SMB_PORTS" ;;
    mid-drop-ends-3) hold_in e53s 3s "$SMB_PORTS" ;;
    mid-drop-ends-6) hold_in e53s 6s "$SMB_PORTS" ;;
    mid-all-ends-2) hold_in e53s 2s '' ;;
    mid-all-ends-5) hold_in e53s 5s '' ;;
    mid-far-ends-4) hold_in e53m 4s '' ;;
    mid-refused-ends) hold_in e53s 500ms "$SMB_PORTS" 'reject with tcp reset' ;;
    mid-drop-begins) later drop_in e53s input "$SMB_PORTS drop" ;;
    mid-all-begins) later drop_in e53s input 'iifname "eth0" drop' ;;
    mid-off-begins) later ipn e53sw link set s0 down ;;
    ok-ipv6-only) dns_with "$REM_REC" --host-record="filesrv.$DOM,2001:db8:53::10"; client_smbconf 'name resolve order = lmhosts host' ;;
    ok-ipv6-refused)
        dns_with --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10"
        drop_in e53s input "meta nfproto ipv6 $SMB_PORTS reject with tcp reset" ;;
    ipv4-dead) dns_with --host-record="filesrv.$DOM,$DEAD,2001:db8:53::10" ;;
    ok-hosts-right) echo "10.53.0.10 filesrv" >>"$CE"/hosts; dns_with --host-record="filesrv.$DOM,10.53.0.77"; client_smbconf 'name resolve order = lmhosts host' ;;
    ok-case) ;;
    ok-full-name) ;;
    hosts-wrong-case) echo "$DEAD FileSrv" | sed 's/FileSrv/NaS7/' >>"$CE"/hosts ;;
    ras-loss-20) ras_up 20 11 ;;
    ras-mtu-1000) ras_up; drop_in e53r forward 'ip length > 1000 drop' ;;
    ras-delay-2s) ras_up 1200 ;;
    ras-delay-4s) ras_up 2000 ;;
    ras-delay-10s) ras_up 5000 ;;
    ras-timing-5s) ras_up; ras_hold drop 5 ;;
    ras-timing-12s) ras_up; ras_hold drop 12 ;;
    ras-timing-refused-5s) ras_up; ras_hold 'reject with tcp reset' 5 ;;
    ras-timing-refused-12s) ras_up; ras_hold 'reject with tcp reset' 12 ;;
    ras-timing-all) ras_up; ras_hold_all ;;
    ras-flaky-drop) ras_up; drop_in e53r forward 'iifname "ppp0" tcp dport { 139, 445 } jhash tcp sport mod 100 seed 0x5353 < 60 drop' ;;
    ras-flaky-40) ras_up; drop_in e53r forward 'iifname "ppp0" tcp dport { 139, 445 } tcp flags & (syn | ack) == syn numgen random mod 100 < 40 reject with tcp reset' ;;
    ras-no-return-2) ras_up; ipn e53m route add blackhole 10.53.2.0/24 ;;
    ras-smb-stopped) ras_up; smbd_stop e53m ;;
    ras-smb-dropped) ras_up; drop_in e53m input "$SMB_PORTS drop" ;;
EOF
}

# more_tools: what only the variants use
more_tools() {
    cat <<'EOF'
# both_families: DNS has both addresses of the server; serves_both: and SSH listens on both
both_families() { dns_with "$REM_REC" --host-record="filesrv.$DOM,10.53.0.10,2001:db8:53::10"; }
serves_both() { serves_ssh; labd e53s sshs6 tcp6 22 ssh $'SSH-2.0-OpenSSH_9.2\r\n'; both_families; }

# v6_silent: of IPv6 the server takes connections, and nothing else; v6_loses: 40 % of the round trips by it
v6_silent() { drop_in e53s input 'icmpv6 type echo-request drop' 'meta nfproto ipv6 meta l4proto udp drop'; }
v6_loses() { bridge_drop 'oifname "s0" ether type ip6 numgen random mod 100 < 23 drop' 'iifname "s0" ether type ip6 numgen random mod 100 < 23 drop'; }
# dns_many ADDRESS: the server has four addresses, and DNS has this one beside them
dns_many() {
    local last names=(--host-record="filesrv.$DOM,10.53.0.10" --host-record="filesrv.$DOM,$1")
    for last in 11 12 13; do ipn e53s addr add 10.53.0.$last/24 dev eth0; names+=(--host-record="filesrv.$DOM,10.53.0.$last"); done
    dns_with "${names[@]}"
}

# v6_far: the SSH server behind the router has an IPv6 address, which alone is in DNS
v6_far() {
    client_smbconf 'name resolve order = lmhosts host'; touch "$RUN/dirty.v6"
    nx e53r sysctl -qw net.ipv6.conf.all.forwarding=1
    ipn e53r addr add 2001:db8:53:1::1/64 dev eth1 nodad; ipn e53m addr add 2001:db8:53:1::10/64 dev eth0 nodad
    ipn e53m -6 route replace default via 2001:db8:53:1::1; ipn e53c -6 route replace default via 2001:db8:53::1
    labd e53m sshm6 tcp6 22 ssh $'SSH-2.0-OpenSSH_9.2\r\n'; dns_with --host-record="remsrv.$DOM,2001:db8:53:1::10"
    says 'ssh: connect to host remsrv port 22: Connection timed out'
}
# v6_off: this machine has IPv6 turned off
v6_off() { nx e53c sysctl -qw net.ipv6.conf.all.disable_ipv6=1; touch "$RUN/dirty.v6"; }

# comes_and_goes: SMB is refused for 2 s of each 4
comes_and_goes() {
    printf '%s\n' 'table ip lab_goes {' 'set gone { type ifname; flags timeout; }' \
        'chain c { type filter hook input priority 0; policy accept; iifname @gone tcp dport { 139, 445 } reject with tcp reset; }' '}' | nft_in e53s
    { for _ in {1..8}; do nx e53s nft add element ip lab_goes gone '{ "eth0" timeout 2s }'; sleep 4; done; } </dev/null >/dev/null 2>&1 &
}

# remember ADDRESS MAC: the client had to do with it a moment ago
remember() { ipn e53c neigh replace "$1" lladdr "$2" dev eth0 nud stale; }

# trips_lost PERCENT: of the packets each way, so that of the round trips nearly twice as many are lost
trips_lost() { bridge_drop "oifname \"s0\" numgen random mod 100 < $1 drop" "iifname \"s0\" numgen random mod 100 < $1 drop"; }

# hold_in NS TIME MATCH [VERDICT]: for so long what matches is dropped there
hold_in() {
    printf '%s\n' 'table ip lab_hold {' "set early { type ifname; flags timeout; elements = { \"eth0\" timeout $2 }; }" \
        "chain c { type filter hook input priority 0; policy accept; iifname @early $3 ${4:-drop}; }" '}' | nft_in "$1"
}

# smb_rule ACTION...: a rule of the client for SMB alone
smb_rule() {
    for port in 139 445; do ipn e53c rule add priority 99 ipproto tcp dport $port "$@"; done
}

# says TEXT: the message that the user sees
says() { set_env "SAYS=$1"; }

# serves_ssh: both servers greet as SSH's do; serves_sql: the near one waits for a word, as a database
# jumbo MTU: the client and the file server send frames of 9000 bytes, and the switch between carries MTU. Its ports
# carry all: what the client's own port drops, the client would know.
jumbo() {
    local port
    for port in c0 s0; do ipn e53sw link set "$port" mtu 9000; done
    ipn e53c link set eth0 mtu 9000; ipn e53s link set eth0 mtu 9000
    bridge_drop "ether type ip ip length > $1 drop"
}
serves_ssh() {
    local host=filesrv
    case $(sed -n 's/^TARGET=//p' "$RUN/fault.env") in remsrv) host=remsrv ;; esac
    labd e53s sshs tcp 22 ssh $'SSH-2.0-OpenSSH_9.2\r\n'
    labd e53m sshm tcp 22 ssh $'SSH-2.0-OpenSSH_9.2\r\n'
    says "ssh: connect to host $host port 22: Connection timed out"
}
serves_sql() {
    labd e53s sql tcp 5432 silent
    says 'connection to server at "filesrv" (10.53.0.10), port 5432 failed: Connection timed out'
}

# ssh_says: what a client says of a connection that came about and was reset
ssh_says() {
    local host=10.53.0.10
    case $(sed -n 's/^TARGET=//p' "$RUN/fault.env") in remsrv) host=10.53.1.10 ;; esac
    says "kex_exchange_identification: read: Connection reset by peer. Connection reset by $host port 22"
}

# ssh_cut NS MODE: there an SSH server greets, and ends the connection as labd's MODE says
ssh_cut() {
    labd "$1" sshs tcp 22 "$2" $'SSH-2.0-OpenSSH_9.2\r\n'
    ssh_says
}

# of_port PORT WORDS: as a program of one's own says, which names no port
of_port() { says "$2"; set_env "SETS=server=filesrv port=$1"; }

# tls_server NS NAME [PORT]: TLS on port 443, with a certificate of this name. It goes by labd's name, which helpers_stop ends
tls_server() {
    cp "$(command -v openssl)" "$RUN/labd-tls"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$2" \
        -keyout "$RUN/tls.key" -out "$RUN/tls.pem" 2>/dev/null
    nx "$1" "$RUN/labd-tls" s_server -quiet -accept "${3:-443}" -key "$RUN/tls.key" -cert "$RUN/tls.pem" </dev/null >/dev/null 2>&1 &
    sleep 0.3
}

# answers_as NS MATCH ADDRESS: what it sends of this comes from another address
answers_as() {
    printf '%s\n' 'table ip lab_as {' "chain c { type filter hook output priority -300; $2 notrack ip saddr set $3; }" '}' | nft_in "$1"
}

# SMB_ECHO: a request of SMB2 for an echo, behind the four bytes that say how long it is
SMB_ECHO='tcp dport 445 @ih,32,32 0xfe534d42 @ih,128,16 0x0d00'

# no_ping: no host of a server's answers pings
no_ping() { for ns in e53s e53m e53o; do drop_in "$ns" input 'icmp type echo-request drop'; done; }

# mac_of NS: the hardware address of its interface
mac_of() { ipn "$1" -o link show dev eth0 | sed 's/.*link.ether \([^ ]*\).*/\1/'; }

# later_by SECONDS CMD...: so long from now
later_by() { { sleep "$1"; "${@:2}"; } </dev/null >/dev/null 2>&1 & }

# later CMD...: a moment from now, when a diagnosis that begins at once is half done
later() { { sleep 0.35; "$@"; } </dev/null >/dev/null 2>&1 & }

# name_servers ADDRESS...: the client's, in this order
name_servers() {
    { printf 'nameserver %s\n' "$@"; printf 'search %s\noptions timeout:1 attempts:2\n' "$DOM"; } >"$CE"/resolv.conf
}

# second_nic STATE: the client has another interface, on a cable of its own that is up or down
second_nic() {
    ip link add x0 netns "${ID}sw" type veth peer name eth1 netns "${ID}c"
    ipn e53c addr add 10.53.7.2/24 brd + dev eth1
    ipn e53c link set eth1 up
    ipn e53sw link set x0 "$1"
}

# more_legs HOST: another interface of the host on the LAN, by which its system answers ARP as well
more_legs() {
    ip link add x1 netns "${ID}sw" type veth peer name eth9 netns "${ID}$1"
    ipn "e53$1" link set eth9 up
    ipn e53sw link set x1 master br0 up
}

ras_hold_all() {
    printf '%s\n' 'table ip lab_hold {' 'set early { type ifname; flags timeout; elements = { "ppp0" timeout 8s }; }' \
        'chain c { type filter hook forward priority 0; policy accept; iifname @early drop; }' '}' | nft_in e53r
}
EOF
}

variants >"$made/variants"
inject_variants >"$made/inject"
more_tools >"$made/tools"
sed -e "/^ras-mtu|/r $made/variants" -e "/^    ras-mtu) /r $made/inject" -e "/^# ras_hold VERDICT/{
r $made/tools
N
}" -e 's/timeout 8s/timeout ${2:-8}s/g' "$HERE/lab.sh" |
    sed -e 's/10\.53\./192.168./g; s/10\\\.53\\\./192\\.168\\./g; s/2001:db8:53/2001:db8:77/g; s/169\.254\.53/169.254.7/g' \
        -e 's/lab53/site9/g; s/LAB53/SITE9/g; s/wrong53/elsewhere9/g; s/filesvr/nsa7/g; s/filesrv/nas7/g; s/FILESRV/NAS7/g' \
        -e 's/nbsrv/nbnas/g; s/NBSRV/NBNAS/g; s/remsrv/depot/g; s/REMSRV/DEPOT/g; s/nbrem/nbdepot/g; s/NBREM/NBDEPOT/g' \
        -e "s|^HERE=.*|HERE='$HERE'|" >"$made/lab.sh"
chmod +x "$made/lab.sh"
exec "$made/lab.sh" "$@"
