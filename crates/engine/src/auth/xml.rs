//! Objects to and from XML, for the few token endpoints that speak it. Attributes are members whose name begins
//! with `$`. Entities other than the five of XML itself are not known, so a document can neither name a file nor grow.

use quick_xml::Reader;
use quick_xml::escape::{escape, unescape};
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// Documents nested deeper are not read.
const DEPTH_MAX: usize = 32;

/// Writes an object, each member an element.
pub fn write(object: &Map<String, Value>) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    members(&mut text, object);
    text
}

fn members(text: &mut String, object: &Map<String, Value>) {
    for (name, value) in object.iter().filter(|(name, _)| !name.starts_with('$')) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| element(text, name, item)),
            one => element(text, name, one),
        }
    }
}

fn element(text: &mut String, name: &str, value: &Value) {
    text.push('<');
    text.push_str(name);
    if let Value::Object(object) = value {
        for (name, value) in object {
            if let Some(name) = name.strip_prefix('$') {
                text.push_str(&format!(" {name}=\"{}\"", escape(plain(value))));
            }
        }
    }
    text.push('>');
    match value {
        Value::Object(object) => members(text, object),
        Value::Null => {}
        other => text.push_str(&escape(plain(other))),
    }
    text.push_str(&format!("</{name}>"));
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Reads a document: elements with elements become objects, others texts; a repeated name becomes a list.
pub fn read(document: &str) -> Option<Map<String, Value>> {
    let mut reader = Reader::from_str(document);
    let mut open: Vec<(String, Map<String, Value>, String)> = vec![Default::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() < DEPTH_MAX => {
                let name = String::from_utf8(start.local_name().as_ref().to_vec()).ok()?;
                open.push((name, Map::new(), String::new()));
            }
            Event::Start(_) => return None,
            Event::Empty(start) => {
                let name = String::from_utf8(start.local_name().as_ref().to_vec()).ok()?;
                add(&mut open.last_mut()?.1, name, Value::from(""));
            }
            Event::Text(part) => {
                let part = String::from_utf8(part.as_ref().to_vec()).ok()?;
                open.last_mut()?.2.push_str(&unescape(&part).ok()?);
            }
            Event::GeneralRef(reference) => {
                let name = String::from_utf8(reference.as_ref().to_vec()).ok()?;
                open.last_mut()?.2.push_str(&unescape(&format!("&{name};")).ok()?);
            }
            Event::CData(part) => {
                open.last_mut()?.2.push_str(&String::from_utf8(part.as_ref().to_vec()).ok()?);
            }
            Event::End(_) => {
                let (name, children, text) = open.pop()?;
                let is_leaf = children.is_empty();
                let value = if is_leaf { Value::from(text.trim()) } else { Value::Object(children) };
                add(&mut open.last_mut()?.1, name, value);
            }
            Event::DocType(_) => return None,
            Event::Eof => break,
            _ => {}
        }
    }
    let (_, root, _) = open.pop().filter(|_| open.is_empty())?;
    (!root.is_empty()).then_some(root)
}

fn add(parent: &mut Map<String, Value>, name: String, value: Value) {
    match parent.get_mut(&name) {
        None => drop(parent.insert(name, value)),
        Some(Value::Array(items)) => items.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_object_is_written_with_attributes_and_escapes() {
        let object = json!({"a": {"$id": "1\"", "b": "x<y", "c": ["1", 2], "d": true, "e": ""}});
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
                        <a id=\"1&quot;\"><b>x&lt;y</b><c>1</c><c>2</c><d>true</d><e></e></a>";
        assert_eq!(write(object.as_object().unwrap()), expected);
    }

    #[test]
    fn a_document_is_read_by_its_elements() {
        let document =
            "<?xml version='1.0'?><r><s:a x='1'>1 &amp; 2</s:a><b><c>x</c><c><![CDATA[<y>]]></c></b><d/></r>";
        let expected = json!({"r": {"a": "1 & 2", "b": {"c": ["x", "<y>"]}, "d": ""}});
        assert_eq!(read(document).map(Value::Object), Some(expected));
    }

    #[test]
    fn documents_that_are_broken_too_deep_or_define_entities_are_not_read() {
        let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
        let bomb = "<!DOCTYPE a [<!ENTITY b \"x\">]><a>&b;</a>";
        for bad in ["<a>", "<a></b>", "", "<a>&nope;</a>", &deep, bomb] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
