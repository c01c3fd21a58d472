//! Numbers, sizes and times as nginx reads them: `ngx_atoi` in `ngx_string.c`, `ngx_parse_size`,
//! `ngx_parse_offset` and `ngx_parse_time` in `ngx_parse.c`, on a machine of 64 bits.

/// Digits alone; nothing above the greatest signed number.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    const CUTOFF: u64 = i64::MAX as u64 / 10;
    const LIMIT: u64 = i64::MAX as u64 % 10;
    let mut value = 0;
    for &byte in text {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        if digit > 9 || value > CUTOFF || value == CUTOFF && digit > LIMIT {
            return None;
        }
        value = value * 10 + digit;
    }
    (!text.is_empty()).then_some(value)
}

/// Bytes, `k` or `m`, in any case.
pub(super) fn size(text: &[u8]) -> Option<u64> {
    match text {
        [digits @ .., b'k' | b'K'] => scaled(digits, 10),
        [digits @ .., b'm' | b'M'] => scaled(digits, 20),
        digits => number(digits),
    }
}

/// Bytes, `k`, `m` or `g`, in any case.
pub(super) fn offset(text: &[u8]) -> Option<u64> {
    match text {
        [digits @ .., b'g' | b'G'] => scaled(digits, 30),
        _ => size(text),
    }
}

fn scaled(digits: &[u8], shift: u32) -> Option<u64> {
    number(digits).filter(|&value| value <= i64::MAX as u64 >> shift).map(|value| value << shift)
}

/// How fine a time is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Down to seconds, up to years.
    Second,
    /// Down to milliseconds, up to weeks.
    Millisecond,
}

/// Why something is no time.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum TimeFault {
    /// Nothing in particular.
    Other,
    /// A unit that stands behind one as small or smaller.
    Order,
    /// Months or years where times are kept in milliseconds.
    TooCoarse,
    /// Milliseconds where times are kept in seconds.
    TooFine,
    /// More than fits.
    TooLong,
}

/// A time in its unit: `1h 30m`, `500ms`; a number alone is in seconds.
pub(super) fn time(text: &[u8], unit: Unit) -> Result<u64, TimeFault> {
    const MAX: u64 = i64::MAX as u64;
    let fine = unit == Unit::Millisecond;
    let factor = if fine { 1000 } else { 1 };
    // Steps go down: years, months, weeks, days, hours, minutes, seconds, milliseconds, end.
    let mut step = if fine { 2 } else { 0 };
    let (mut valid, mut total, mut value) = (false, 0u64, 0u64);
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if byte.is_ascii_digit() {
            let digit = u64::from(byte - b'0');
            let longer = value.checked_mul(10).and_then(|value| value.checked_add(digit));
            value = longer.filter(|value| *value <= MAX).ok_or(TimeFault::TooLong)?;
            valid = true;
            continue;
        }
        let (next, seconds) = match byte {
            b'y' => (1, 60 * 60 * 24 * 365),
            b'M' => (2, 60 * 60 * 24 * 30),
            b'w' => (3, 60 * 60 * 24 * 7),
            b'd' => (4, 60 * 60 * 24),
            b'h' => (5, 60 * 60),
            b'm' if rest.first() == Some(&b's') => {
                rest = &rest[1..];
                (8, 1)
            }
            b'm' => (6, 60),
            b's' => (7, 1),
            b' ' => (9, 1),
            _ => return Err(TimeFault::Other),
        };
        if next == 8 && !fine {
            return Err(TimeFault::TooFine);
        }
        // A blank behind a number ends it as `s` would.
        let before = if next == 9 { 7 } else { next };
        if step >= before {
            return Err(if fine && next <= 2 { TimeFault::TooCoarse } else { TimeFault::Order });
        }
        step = next;
        let scale = if next == 8 { 1 } else { seconds * factor };
        let part = value.checked_mul(scale).filter(|part| *part <= MAX);
        total = part.and_then(|part| total.checked_add(part)).unwrap_or(u64::MAX);
        if total > MAX {
            return Err(TimeFault::TooLong);
        }
        value = 0;
        while let [b' ', tail @ ..] = rest {
            rest = tail;
        }
    }
    if !valid {
        return Err(TimeFault::Other);
    }
    let last = value.checked_mul(factor).and_then(|last| total.checked_add(last));
    last.filter(|total| *total <= MAX).ok_or(TimeFault::TooLong)
}

/// A time in whole seconds.
pub(super) fn seconds(text: &[u8]) -> Option<u64> {
    time(text, Unit::Second).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sizes_are_read_as_nginx_reads_them() {
        let most = i64::MAX as u64;
        for (text, as_number, as_size, as_offset) in [
            ("0", Some(0), Some(0), Some(0)),
            ("007", Some(7), Some(7), Some(7)),
            ("9223372036854775807", Some(most), Some(most), Some(most)),
            ("9223372036854775808", None, None, None),
            ("8k", None, Some(8192), Some(8192)),
            ("1M", None, Some(1 << 20), Some(1 << 20)),
            ("2g", None, None, Some(2 << 30)),
            ("9007199254740991k", None, Some(most - 1023), Some(most - 1023)),
            ("9007199254740992k", None, None, None),
            ("", None, None, None),
            ("k", None, None, None),
            ("-1", None, None, None),
            ("1.5m", None, None, None),
            ("1 m", None, None, None),
            ("1kb", None, None, None),
        ] {
            assert_eq!(number(text.as_bytes()), as_number, "{text}");
            assert_eq!(size(text.as_bytes()), as_size, "{text}");
            assert_eq!(offset(text.as_bytes()), as_offset, "{text}");
        }
    }

    #[test]
    fn times_are_read_as_nginx_reads_them() {
        use TimeFault::{Order, Other, TooCoarse, TooFine, TooLong};
        for (text, seconds, milliseconds) in [
            ("60", Ok(60), Ok(60_000)),
            ("1h 30m", Ok(5400), Ok(5_400_000)),
            ("1h30", Ok(3630), Ok(3_630_000)),
            ("30 ", Ok(30), Ok(30_000)),
            ("500ms", Err(TooFine), Ok(500)),
            ("1s500ms", Err(TooFine), Ok(1500)),
            ("1y 2M", Ok(365 * 86_400 + 60 * 86_400), Err(TooCoarse)),
            ("1M", Ok(30 * 86_400), Err(TooCoarse)),
            ("1w 2d", Ok(9 * 86_400), Ok(9 * 86_400_000)),
            ("hm1", Ok(1), Ok(1000)),
            ("1m 1h", Err(Order), Err(Order)),
            ("1s 2s", Err(Order), Err(Order)),
            ("30 1m", Err(Order), Err(Order)),
            ("1x", Err(Other), Err(Other)),
            ("1S", Err(Other), Err(Other)),
            ("s", Err(Other), Err(Other)),
            ("", Err(Other), Err(Other)),
            ("-1", Err(Other), Err(Other)),
            (" 1", Ok(1), Ok(1000)),
            ("9223372036854775807", Ok(i64::MAX as u64), Err(TooLong)),
            ("99999999999999999999", Err(TooLong), Err(TooLong)),
            ("9223372036854775807d", Err(TooLong), Err(TooLong)),
        ] {
            assert_eq!(time(text.as_bytes(), Unit::Second), seconds, "{text}");
            assert_eq!(time(text.as_bytes(), Unit::Millisecond), milliseconds, "{text}");
        }
    }
}
