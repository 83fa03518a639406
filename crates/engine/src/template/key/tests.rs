use super::*;

const ED25519: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIBRhnAbsJelDkKddKbxgxDkmo5H9F8ucrd85my4VXPQR
-----END PRIVATE KEY-----";

const P256: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJ1FB4V7rMdLX4MNw
IuqOdVvVVa3fNm2Gpgt92qEMU6mhRANCAASgoMYpTAj2mO6RbCL2/+S92gwGU25m
cG9IMJjGXPghb6l+wh30PkJPN9bBrHF8NNJsrHt6mSjdLCxg9M8bMbwP
-----END PRIVATE KEY-----";

/// Made for this test.
const RSA: &str = "-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDAW4tk1bx8Fmz/
LANV2Sj8sas4Cr6HQHvwz82CmGcLiM5MNef/hzi+p+/789u1NvC6OHsd7wet3qus
qz2CXzHtjF8Cdd9lIKItNCbS7HTUBc+iRYViGu31J4VPFmVK1DOHJUKH6LRTeCcy
w1wf5/E4ArMeZuCUgWK5LiEv8YnpHaFFeYzBXlUQbka3F7GIqjURuSDCMtHocIob
MeVwSRrZMyC1BjwgQBmqgAEmR7DCft44be4N2O1UeTdu9hCn14YGzcIQuXWrmnpX
chjG/NJ7f7uU1y0UzSp0y5Qvlk/0ZqM+PMlHfw+3lT7NxetGN9EzYdDKudomMqBy
D0sX1VEPAgMBAAECggEAVxv9y6upIC6NrJ7TYdimYYzZ41amQpy2o+6O/BGlNIl/
Fu8ggUzMqzZlDN25hN589G/ofT1GZnwclWS0xanzc8ZqLjSP9n1pQ/xGiqUvIOcC
yNMf3LYiRa9ghNi5BUKElTKP5vlAVD5ozem/eelxCPLcB6wCDu5q9T5JJCuHTyvk
+BVo33gGWuhPcTCSTMatxl81X8U/d/f0SyI85uyetjsp2BQg+tVWO43N+5+nVgFj
SDXhm91dEIStPCL0gPOyueyNEaLtGglrchzRORicLWQvpPFB0qdSh4B3o2CEdVHE
pTJ6nagTwVIJgIYLEC/iVVvrXsRFDgBxTVRxgoIRqQKBgQDsyvi6oyzWSbn2ozE7
5uBE1yFFX9HY0ruNo8lJF298n5IPB3L8DKdiga40B6zom79dBfqi7R7owtuNmZvv
qgWJaNlqJsQ17Z98CXODgOGKvRwRUTTiKXgGv7ofG2ymMvJikaT+yrynZo6s7ax5
7C+iSJYyV30DiUj0rgShwEPnGQKBgQDP9d679889lUtj5CFt/97MpI+asyZEqpAG
3TJhVACP8BQKlMxDB/zi0MAE1p33EMjwVKeKlMp8LL+RszoUH2Tzf56acV/CCxlW
yIM+naNWJhOb5rNi+0wxZvhw/uy8g4ppnMbJKYB0oXRD62CPwFEcFKiMg/u+15/G
kWo0zLbGZwKBgDXkrF+uK9JJzW15DweXMIv6erQTbutuawl9sZ5VGya+GrwY8e6z
4pTk9wUYih4W9KLzbWwPk+1eDCJaR8dwZvozRuiGEjpD7vyIGiZf+vVcvTqjxOmE
jrDaij3yO/RHvCr7AxaKhg2Dpg1tuse1HdJNuwGSL/3SDSzDPoKiA9JhAoGBAKvo
JGIfnJncswB1EclbbTKfifIoy6aRlBOIgGACT6CspfSFQkDa9ooMY97cBqK4plI8
uG6PRr7VQtrPXGBL/2hmA5bJx42hHSYnBI8bQm0xdp42W+2jrD1eUFsf8FR5LE7X
gV/CxeQjnveSODU8lg/vZ9EYPV9p4TME+9V/sEtbAoGASVY2dLYRdhrbirtWkSOI
wQW0sne7nXJ8DqHO/MT22/wg6kcj0KigMlICgZwu1voIM7L7dXu2an219Xbc6A6z
Ni7+C849Of1MP2ba41B6PWPlgMMOk5LLJiTeSkLxJNrQslGGM22M0QYPJ0f7mr4F
/0+2Hu6g0j0AKFOcuze2frk=
-----END PRIVATE KEY-----";

#[test]
fn an_ed25519_signature_equals_that_of_openssl() {
    let signature = ed25519_sign(b"hello", ED25519).map(|bytes| STANDARD.encode(bytes));
    let expected = "4bc4AwirKY0rrom0AJi9QvuoGF+ojvcoZd3rBVrnM4ZjM/l+0KaSv5PlMfyYBVerf2O06Y7Uk6c5e5LPeGZ+Cg==";
    assert_eq!(signature.as_deref(), Some(expected));
}

#[test]
fn fingerprints_equal_those_of_openssl() {
    let cases = [
        (RSA, "SHA256:sAFYykdHJz8h2axPMLEkPdawcbPqR//tH3vwGM7JrV0="),
        (P256, "SHA256:5gRR66QaYQpMYO7+nfJzLDk9hI/MpnYYf3MDgvyr/tE="),
        (ED25519, "SHA256:VH10LjVWiq/+S3NbjB8rXjHhQcdDC1lE/e1dUseLSlA="),
    ];
    for (pem, expected) in cases {
        assert_eq!(fingerprint(pem).as_deref(), Some(expected));
    }
}

#[test]
fn a_key_pasted_on_one_line_is_still_read() {
    let expected = fingerprint(RSA);
    assert_eq!(fingerprint(&RSA.replace('\n', "\\n")), expected);
    assert_eq!(fingerprint(&RSA.replace('\n', " ")), expected);
}

#[test]
fn what_is_no_key_has_no_fingerprint() {
    let broken = ["", "key", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A-----aGk=-----END B-----"];
    for text in broken {
        assert_eq!(fingerprint(text), None);
        assert!(ed25519_sign(b"hello", text).is_none());
    }
}
