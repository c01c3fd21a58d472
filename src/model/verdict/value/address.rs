//! IP addresses and networks as nginx reads them where it looks up no names: `ngx_inet_addr`,
//! `ngx_inet6_addr`, `ngx_parse_addr_port` and `ngx_ptocidr` in `ngx_inet.c`.

use super::network::inet4;
use super::number::number;

/// An address: four numbers and three dots, or colons.
pub(super) fn address(text: &[u8]) -> Option<u128> {
    v4(text).map(|address| u128::from(address) << 96).or_else(|| v6(text))
}

/// As in a network, but the address of all ones is what nginx takes for an error.
fn v4(text: &[u8]) -> Option<u32> {
    inet4(text).filter(|&address| address != u32::MAX)
}

/// Groups of up to four hexadecimal digits, one `::`, perhaps an IPv4 address at the end.
fn v6(text: &[u8]) -> Option<u128> {
    let mut rest = match text {
        [] => return None,
        [b':', rest @ ..] => rest,
        all => all,
    };
    let (mut groups, mut length) = ([0u16; 8], 0);
    let (mut zero, mut digits) = (None, None);
    let (mut word, mut nibbles) = (0u16, 0);
    while let [byte, tail @ ..] = rest {
        match byte {
            b':' if nibbles > 0 => {
                groups[length] = word;
                length += 1;
                if length == 8 {
                    return None;
                }
                (word, nibbles, digits) = (0, 0, Some(tail));
            }
            b':' if zero.is_none() => (zero, digits) = (Some(length), Some(tail)),
            b':' => return None,
            b'.' if nibbles > 0 => {
                if length > 6 {
                    return None;
                }
                let [a, b, c, d] = v4(digits?)?.to_be_bytes();
                groups[length] = u16::from_be_bytes([a, b]);
                length += 1;
                (word, nibbles) = (u16::from_be_bytes([c, d]), 4);
                break;
            }
            _ => {
                nibbles += 1;
                let digit = (*byte as char).to_digit(16).filter(|_| nibbles <= 4)?;
                word = word << 4 | digit as u16;
            }
        }
        rest = tail;
    }
    if nibbles == 0 && zero.is_none() {
        return None;
    }
    groups[length] = word;
    length += 1;
    match (zero, length) {
        (None, 8) => {}
        (Some(at), ..8) => {
            groups.copy_within(at..length, at + 8 - length);
            groups[at..at + 8 - length].fill(0);
        }
        _ => return None,
    }
    Some(groups.iter().fold(0, |address, group| address << 16 | u128::from(*group)))
}

/// An address, and perhaps a port: `[::1]:80`.
pub(super) fn address_and_port(text: &[u8]) -> bool {
    if address(text).is_some() {
        return true;
    }
    let (host, port) = match text {
        [b'[', inner @ ..] => {
            let Some(end) = memchr::memchr(b']', inner) else { return false };
            match &inner[end + 1..] {
                [] => return address(&inner[..end]).is_some(),
                [b':', port @ ..] => (&inner[..end], port),
                _ => return false,
            }
        }
        _ => match memchr::memchr(b':', text) {
            None => return false,
            Some(colon) => (&text[..colon], &text[colon + 1..]),
        },
    };
    number(port).is_some_and(|port| (1..=65535).contains(&port)) && address(host).is_some()
}

/// A network, or a single address.
pub(super) enum Network {
    /// As it should be.
    Right,
    /// Bits behind the mask are set: the network itself.
    LowBits(String),
    /// None.
    Wrong,
}

/// An address with, perhaps, the length of its prefix: `10.0.0.0/8`.
pub(super) fn network(text: &[u8]) -> Network {
    let (host, length) = match memchr::memchr(b'/', text) {
        None => (text, None),
        Some(slash) => (&text[..slash], Some(&text[slash + 1..])),
    };
    let Some(address) = address(host) else { return Network::Wrong };
    let is_v4 = v4(host).is_some();
    let most = if is_v4 { 32 } else { 128 };
    let Some(length) = length else { return Network::Right };
    let Some(bits) = number(length).filter(|bits| *bits <= most) else { return Network::Wrong };
    let mask = u128::MAX.checked_shl(128 - bits as u32).unwrap_or(0);
    if address & mask == address {
        return Network::Right;
    }
    let network = address & mask;
    Network::LowBits(if is_v4 {
        format!("{}/{bits}", std::net::Ipv4Addr::from((network >> 96) as u32))
    } else {
        format!("{}/{bits}", std::net::Ipv6Addr::from(network))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_read_as_nginx_reads_them() {
        let shown = |text: &str| match network(text.as_bytes()) {
            Network::Right => "right".to_owned(),
            Network::LowBits(network) => network,
            Network::Wrong => "wrong".to_owned(),
        };
        for text in [
            "10.0.0.0/8",
            "127.0.0.1",
            "0.0.0.0/0",
            "1..2.3",
            "0177.0.0.1",
            "::/0",
            "::1",
            "fe80::1",
        ] {
            assert_eq!(shown(text), "right", "{text}");
        }
        for text in ["2001:db8::/32", "::ffff:10.0.0.1", "1:2:3:4:5:6:7:8", "::1.2.3.4/128", "1::"]
        {
            assert_eq!(shown(text), "right", "{text}");
        }
        for text in ["255.255.255.255", "1.2.3", "1.2.3.4.5", "1.2.3.256", "a", "", "10.0.0.0/33"] {
            assert_eq!(shown(text), "wrong", "{text}");
        }
        for text in ["10.0.0.0/", "::1/129", "1:2:3:4:5:6:7", "1::2::3", "12345::", "[::1]", ":"] {
            assert_eq!(shown(text), "wrong", "{text}");
        }
        for (text, network) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.1.2.3/0", "0.0.0.0/0"),
            ("2001:db8::1/64", "2001:db8::/64"),
        ] {
            assert_eq!(shown(text), network, "{text}");
        }
        for (text, right) in [
            ("127.0.0.1:80", true),
            ("::1", true),
            ("[::1]", true),
            ("[::1]:80", true),
            ("127.0.0.1:0", false),
            ("127.0.0.1:99999", false),
            ("localhost", false),
            ("[::1]80", false),
        ] {
            assert_eq!(address_and_port(text.as_bytes()), right, "{text}");
        }
    }
}
