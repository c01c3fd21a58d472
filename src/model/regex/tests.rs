//! What is refused and what is taken: measured on PCRE2 10.42 and PCRE 8.45.

use super::read;

#[test]
fn what_is_taken_is_silent() {
    let patterns = r"\.php$ ^/(a|b)/[^/]+\.(?:jpe?g|png)$ []a] [^]] [a-] [--/] a{,3} { a{2}? a*+ \Q(\E* (?i)a
        (?i:a) (?x)#( (?<a>b)\k<a> (?P<a>b)(?P=a) (a)\1 \8 \i [[:alpha:]_] [\w-a] (?|(?<a>b)|(?<a>c))
        (*ACCEPT)a (?(1)a|b) (?(?=a)b|c) (?<=a|bc)d (?[a]) ()* \x{41} a(?#b)* (?) [\]] (?-i)a (?1)(a)
        (*pla:a) (?'a'b) a{0} (?>a)+ (?=a)* \R* \pL \p{L} (?C1)a (?P>a)(?P<a>b) (?J)(?<a>b)(?<a>c)";
    for pattern in patterns.split_whitespace() {
        assert_eq!(read(pattern.as_bytes()).err(), None, "{pattern}");
    }
    assert_eq!(read(b"").map(|shape| shape.captures), Ok(Some(0)));
    assert_eq!(read(b"(a)(?:b)(?<c>d)").map(|shape| shape.captures), Ok(Some(2)));
    assert_eq!(read(b"(a)(?x)#)").map(|shape| shape.captures), Ok(None));
}

#[test]
fn what_is_refused_is_found() {
    let patterns = r"0* 2a** 1^* 2a|+ 4(?i)* 1(*.jpg) 2\b* 4a{2}{3} 0(a 1a) 0(?:a 0(? 0(?i 0(?<a 0(?<>a) 0(?<1>a)
        0(?<a-b>c) 7(?<a>b)(?<a>c) 0(?k) 3(?iz) 0(?Pa) 0[a 0[] 3[z-a] 3[a-\d] 1[[:foo:]] 0[:alpha:] 1a\ 0\c
        0\L 1[\N] 0\g 0\ka 0\k<a> 0(?&a) 0\1 0\x{100} 0\x{zz} 0\o 0\p{ 1a{5,2} 1a{65536} 3(a)(?(1)b|c|d)
        0(?#a 3[--+] 0{2} 0(?'a>b) 0[^]";
    for (digit, pattern) in patterns.split_whitespace().map(|pattern| pattern.split_at(1)) {
        let found = read(pattern.as_bytes()).err().map(|flaw| flaw.at);
        assert_eq!(found, digit.parse().ok(), "{pattern}");
    }
}
