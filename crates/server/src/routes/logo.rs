//! `GET /images/template-logos/{file}`

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

/// A provider's tile: its first letter on a colour of its own. Trademarks are their owners', so none are drawn.
#[utoipa::path(get, path = "/images/template-logos/{file}", tag = "providers",
    params(("file" = String, Path, description = "The provider's name with `.svg` behind it")),
    responses((status = 200, description = "A picture", content_type = "image/svg+xml", body = String)))]
pub(crate) async fn get_logo(Path(file): Path<String>) -> Response {
    let name = file.strip_suffix(".svg").unwrap_or(&file);
    let letter = name.chars().find(char::is_ascii_alphanumeric).unwrap_or('?').to_ascii_uppercase();
    let hue = name.bytes().fold(0_u32, |hue, byte| (hue * 31 + u32::from(byte)) % 360);
    let picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\"><rect width=\"64\" height=\"64\" rx=\"14\" \
         fill=\"hsl({hue} 45% 38%)\"/><text x=\"32\" y=\"43\" text-anchor=\"middle\" fill=\"#fff\" font-size=\"32\" \
         font-weight=\"600\" font-family=\"system-ui, sans-serif\">{letter}</text></svg>"
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'")),
    ];
    (headers, Body::from(picture)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn nothing_of_the_name_but_its_letter_gets_into_the_picture() {
        let response = get_logo(Path("</svg><script>x</script>.svg".to_owned())).await;
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains(">S</text>") && !text.contains("script"), "{text}");
    }
}
