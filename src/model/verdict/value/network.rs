//! Networks and addresses as nginx reads them (`ngx_ptocidr`, `ngx_inet_addr`, `ngx_inet6_addr`).

/// A network: IPv4 has its 32 bits on the right.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Network {
    /// Whether it is one of IPv6.
    pub(super) v6: bool,
    /// The address, without the bits that do not count.
    pub(super) address: u128,
    /// How many bits count.
    pub(super) length: u32,
}

impl Network {
    /// All of IPv4.
    pub(super) const ALL4: Self = Self { v6: false, address: 0, length: 0 };
    /// All of IPv6.
    pub(super) const ALL6: Self = Self { v6: true, address: 0, length: 0 };

    /// Reads `10.0.0.0/8` or `10.1.2.3`, and says whether bits that do not count were given.
    pub(super) fn parse(text: &[u8]) -> Option<(Self, bool)> {
        let (address, length) = match memchr::memchr(b'/', text) {
            Some(slash) => (&text[..slash], Some(&text[slash + 1..])),
            None => (text, None),
        };
        // To `ngx_inet_addr`, 255.255.255.255 is an error.
        let (v6, address, bits) = match inet4(address).filter(|address| *address != u32::MAX) {
            Some(address) => (false, u128::from(address), 32),
            None => (true, inet6(address)?, 128),
        };
        let length = match length {
            None => bits,
            Some(digits) => {
                let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
                let significant = &digits[zeros..];
                if digits.is_empty()
                    || significant.len() > 3
                    || !significant.iter().all(u8::is_ascii_digit)
                {
                    return None;
                }
                significant.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
            }
        };
        if length > bits {
            return None;
        }
        let mask = u128::MAX.checked_shl(bits - length).unwrap_or(0);
        Some((Self { v6, address: address & mask, length }, address & !mask != 0))
    }
}

/// Four numbers with dots between; nothing stands for 0.
pub(super) fn inet4(text: &[u8]) -> Option<u32> {
    let mut address = 0_u32;
    let mut dots = 0;
    let mut octet = 0_u32;
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                octet = octet * 10 + u32::from(byte - b'0');
                if octet > 255 {
                    return None;
                }
            }
            b'.' => {
                address = address << 8 | octet;
                octet = 0;
                dots += 1;
            }
            _ => return None,
        }
    }
    (dots == 3).then_some(address << 8 | octet)
}

/// Groups of four digits; `::` stands for as many zeros as are missing.
pub(super) fn inet6(text: &[u8]) -> Option<u128> {
    if text.is_empty() {
        return None;
    }
    let mut groups: Vec<u16> = Vec::with_capacity(8);
    // Before which group the zeros stand.
    let mut zeros = None;
    let mut rest = text.strip_prefix(b":").unwrap_or(text);
    let mut group = rest;
    let mut nibbles = 0;
    let mut word = 0_u32;
    let mut colon = false;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b':' if nibbles > 0 => {
                groups.push(word as u16);
                if groups.len() == 8 {
                    return None;
                }
                (nibbles, word, group, colon) = (0, 0, rest, true);
                continue;
            }
            b':' if zeros.is_none() => {
                zeros = Some(groups.len());
                (group, colon) = (rest, true);
                continue;
            }
            b':' => return None,
            b'.' if nibbles > 0 => {
                if groups.len() > 6 || !colon {
                    return None;
                }
                let address = inet4(group).filter(|address| *address != u32::MAX)?;
                groups.push((address >> 16) as u16);
                word = address & 0xffff;
                nibbles = 4;
                break;
            }
            _ => {}
        }
        nibbles += 1;
        if nibbles > 4 {
            return None;
        }
        word = word << 4 | (byte as char).to_digit(16)?;
    }
    if nibbles == 0 && zeros.is_none() {
        return None;
    }
    groups.push(word as u16);
    let missing = 8_usize.checked_sub(groups.len())?;
    match zeros {
        Some(at) if missing > 0 => {
            groups.splice(at..at, std::iter::repeat_n(0, missing));
        }
        None if missing == 0 => {}
        _ => return None,
    }
    Some(groups.iter().fold(0, |sum, group| sum << 16 | u128::from(*group)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_as_nginx_reads_them() {
        for (text, v6, address, length, meaningless) in [
            ("10.0.0.0/8", false, 0x0a00_0000, 8, false),
            ("10.0.0.1/8", false, 0x0a00_0000, 8, true),
            ("1.2.3.4", false, 0x0102_0304, 32, false),
            ("1..3.4", false, 0x0100_0304, 32, false),
            ("0.0.0.0/0", false, 0, 0, false),
            ("::/0", true, 0, 0, false),
            ("::1", true, 1, 128, false),
            ("1::/16", true, 1 << 112, 16, false),
            ("1::2/16", true, 1 << 112, 16, true),
            ("1:2:3:4:5:6:7:8", true, 0x0001_0002_0003_0004_0005_0006_0007_0008, 128, false),
            ("::ffff:1.2.3.4", true, 0xffff_0102_0304, 128, false),
        ] {
            let network = Network { v6, address, length };
            assert_eq!(Network::parse(text.as_bytes()), Some((network, meaningless)), "{text}");
        }
        for text in [
            "",
            "a",
            "1.2.3",
            "1.2.3.256",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/a",
            "::/129",
            ":::",
            "1:2",
            "255.255.255.255/32",
            "1.2.3.4.5",
        ] {
            assert_eq!(Network::parse(text.as_bytes()), None, "{text}");
        }
    }
}
