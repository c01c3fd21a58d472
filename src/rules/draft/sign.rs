//! How it is told what makes requests calls of gRPC.

use crate::model::{GrpcSign, Model};
use crate::source::Location;

/// The place of a sign, and what it tells.
pub(in crate::rules) fn grpc_sign_in_words(
    model: &Model<'_>,
    sign: &GrpcSign<'_>,
) -> (Location, String) {
    match sign {
        GrpcSign::Path(location, name) => {
            (location.location(), format!("calls of gRPC to `{name}` have this path"))
        }
        GrpcSign::MediaType(line) => {
            (line.location(), "this names the media type of gRPC".to_owned())
        }
        GrpcSign::Trailers(line) => (line.location(), "gRPC asks for trailers so".to_owned()),
        GrpcSign::Port(used) => {
            (model.used(*used).location(), "port 50051 is that of gRPC servers".to_owned())
        }
    }
}
