/** What lines of a log can be about. Source: manual, Log > Topics; newer versions may know more. */
export const LOG_TOPICS: ReadonlySet<string> = new Set(
  (
    'account acme amt async backup bfd bgp bluetooth bridge bth caps certificate client clock container critical ' +
    'ddns debug dhcp disk dns dot1x dude e-mail error event evpn fetch firewall gps gsm health hotspot igmp-proxy ' +
    'info interface ipsec iscsi isdn isis kvm l2tp ldp letsencrypt lora lte macsec mlag mme mpls mqtt natpmp ' +
    'netinstall netwatch nfs ntp ospf ovpn packet partition pim poe-out ppp pppoe pptp ptp queue radius radvd raw ' +
    'read rip route rpki rsvp script sertcp simulator smb snmp socks socksify ssh sstp state store stp switch system ' +
    'telephony tftp timer tr069 update ups upnp usb vpls vrrp warning watchdog web-proxy wifi wiliot wireguard ' +
    'wireless write zerotier'
  ).split(' '),
);

/** Lines of these may be so many that a router has time for little else, and may show what its traffic holds. */
export const LOUD_TOPICS: ReadonlySet<string> = new Set(['debug', 'packet', 'raw']);
