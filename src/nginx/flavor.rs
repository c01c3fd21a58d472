//! The servers that read nginx configuration.

use std::fmt;
use std::str::FromStr;

/// nginx itself, its commercial edition and its forks.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flavor {
    /// Angie.
    Angie,
    /// freenginx.
    Freenginx,
    /// nginx, open source.
    #[default]
    Nginx,
    /// OpenResty.
    Openresty,
    /// NGINX Plus.
    Plus,
    /// Tengine.
    Tengine,
}

impl Flavor {
    /// Every flavor.
    pub const ALL: [Self; 6] =
        [Self::Angie, Self::Freenginx, Self::Nginx, Self::Openresty, Self::Plus, Self::Tengine];

    /// The name used in settings and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Angie => "angie",
            Self::Freenginx => "freenginx",
            Self::Nginx => "nginx",
            Self::Openresty => "openresty",
            Self::Plus => "plus",
            Self::Tengine => "tengine",
        }
    }
}

impl fmt::Display for Flavor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Flavor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::name);
        Self::ALL.into_iter().find(|flavor| flavor.name() == text).ok_or_else(|| {
            format!("`{}` is no flavor: one of {}", text.escape_debug(), known.join(", "))
        })
    }
}
