//! Why there is no connection: each cause has its own words, and what mends it is named.

use std::{net::TcpListener, time::Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};

use super::*;

/// What opening says.
fn said(url: &str) -> String {
    match open(address(url), "ann") {
        Ok(_) => "opened".into(),
        Err(failure) => words(&failure),
    }
}

#[test]
fn a_server_that_lets_nobody_in_is_told_by_its_cause() {
    let Some(cluster) = Cluster::new("") else { return };
    cluster.sql("postgres", "CREATE DATABASE team");
    cluster.sql("postgres", "CREATE DATABASE secrets");
    cluster.sql(
        "postgres",
        "CREATE ROLE ann LOGIN PASSWORD 'right'; CREATE ROLE bob LOGIN; CREATE ROLE eve LOGIN",
    );
    cluster.sql("postgres", "REVOKE CONNECT ON DATABASE secrets FROM PUBLIC");
    cluster.let_in(
        "host all postgres 127.0.0.1/32 trust\nhost all ann 127.0.0.1/32 scram-sha-256\nhost all bob 127.0.0.1/32 trust\n\
         hostssl all eve 127.0.0.1/32 trust\n",
    );
    cluster.signal("reload");
    let plain = "sslmode=disable";
    for (role, database, behind, what, next) in [
        ("ann:wrong", "team", plain, "refuses the role or its password", "record.password_file"),
        ("ann", "team", plain, "asks for a password, and none is named", "record.password_file"),
        ("nobody", "team", plain, "does not let this role in from this computer", "pg_hba.conf"),
        ("eve", "team", plain, "does not let this role in from this computer", "add sslmode=require"),
        ("bob", "nothing", plain, "has no such database", "createdb"),
        ("bob", "secrets", plain, "may not use that database", "record grant"),
        ("bob", "team", plain, "may not make the record's tables", "GRANT CREATE ON DATABASE"),
        ("postgres", "template1", plain, "new databases are copied from", "Nothing was made there"),
        ("bob", "team", "sslmode=require", "speaks no TLS, and record.url demands it", "switch TLS on"),
    ] {
        let said = said(&cluster.url(role, database, behind));
        assert!(said.contains(what) && said.contains(next), "{role} {database} {behind}: {said}");
        assert!(!said.contains("wrong"), "a password: {said}");
    }
    // What was named as the next step is the mend.
    cluster.sql("postgres", "GRANT ALL ON DATABASE team TO bob");
    let bob = open(address(&cluster.url("bob", "team", plain)), "ann").unwrap();
    let (_, run) = enabled_run(&bob, "C-1");
    // A role that may connect and nothing else.
    let right = said(&cluster.url("ann:right", "team", plain));
    assert!(right.contains("has no right to this") && right.contains("record grant"), "{right}");
    // A right that is taken while the wizard is open, and given back.
    cluster.sql("team", "REVOKE INSERT ON seat FROM bob");
    let refused = words(&bob.apply_batch(&run, &users([1])).unwrap_err());
    assert!(refused.contains("has no right to this: this change was not saved"), "{refused}");
    cluster.sql("team", "GRANT INSERT ON seat TO bob");
    assert_eq!(bob.apply_batch(&run, &users([1])).unwrap().len(), 1);
}

#[test]
fn a_certificate_is_told_by_what_is_wrong_with_it() {
    let Some(cluster) = Cluster::new("") else { return };
    cluster.sql("postgres", "CREATE DATABASE team");
    let authority = |name: &str| {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    };
    let (ours, theirs) = (authority("Ours"), authority("Theirs"));
    let root = cluster.put("ca.pem", &ours.pem());
    let set = |pem: &str, key: &KeyPair| {
        let (file, key) = (cluster.put("server.pem", pem), cluster.put("server.key", &key.serialize_pem()));
        cluster.set(&format!("ssl = on\nssl_cert_file = '{file}'\nssl_key_file = '{key}'\n"));
        cluster.signal("reload");
    };
    let show = |host: &str, (from, to): (i32, i32), by: &CertifiedIssuer<'_, KeyPair>| {
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        let key = KeyPair::generate().unwrap();
        set(&params.signed_by(&key, by).unwrap().pem(), &key);
    };
    let (full, ca) =
        (format!("sslmode=verify-full&sslrootcert={root}"), format!("sslmode=verify-ca&sslrootcert={root}"));
    for (host, years, issuer, behind, what, next) in [
        ("127.0.0.1", (2020, 2021), &ours, &full, "has expired", "renew it"),
        ("127.0.0.1", (2090, 2091), &ours, &full, "is not valid yet", "the clock of this computer"),
        ("db.example", (2020, 2090), &ours, &full, "is for another host", "as its certificate does"),
        ("127.0.0.1", (2020, 2090), &theirs, &full, "by a CA that is not trusted here", "sslrootcert"),
        ("127.0.0.1", (2020, 2090), &theirs, &ca, "by a CA that is not trusted here", "sslrootcert"),
        ("db.example", (2020, 2090), &ours, &ca, "opened", ""),
        ("127.0.0.1", (2020, 2090), &ours, &full, "opened", ""),
    ] {
        show(host, years, issuer);
        let said = said(&cluster.url("postgres", "team", behind));
        assert!(said.contains(what) && said.contains(next), "{host} {years:?}: {said}");
        assert!(!said.contains('{') && !said.contains("InvalidCertificate"), "in words: {said}");
    }
    // One that signs itself is trusted where it is named itself, and for its own host and days only.
    let own = |host: &str, from: i32, to: i32| {
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        set(&pem, &key);
        cluster.put("own.pem", &pem)
    };
    for (host, years, what) in [
        ("127.0.0.1", (2020, 2090), "opened"),
        ("db.example", (2020, 2090), "is for another host"),
        ("127.0.0.1", (2020, 2021), "has expired"),
    ] {
        let file = own(host, years.0, years.1);
        let full = said(&cluster.url("postgres", "team", &format!("sslmode=verify-full&sslrootcert={file}")));
        assert!(full.contains(what), "{host} {years:?}: {full}");
    }
    own("127.0.0.1", 2020, 2090);
    let other = said(&cluster.url("postgres", "team", &full));
    assert!(other.contains("not the one that is trusted here"), "{other}");
}

#[test]
fn a_place_where_no_server_is_is_told_by_its_cause() {
    if cluster::programs().is_none() {
        return;
    }
    let closed = cluster::free_port();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    for (url, what, next) in [
        (
            format!("postgres://ann@127.0.0.1:{closed}/team"),
            "nothing answers there",
            "Check that the server runs",
        ),
        (
            "postgres://ann@nowhere.invalid/team".into(),
            "its host name is not known",
            "Check the host in record.url",
        ),
        ("postgres:///team?host=/nowhere".into(), "no such socket", "the folder of its socket"),
        (
            format!("postgres://ann@127.0.0.1:{silent_port}/team?connect_timeout=1&sslmode=disable"),
            "nothing answered in time",
            "network or VPN",
        ),
    ] {
        let begun = Instant::now();
        let said = said(&url);
        assert!(said.contains(what) && said.contains(next), "{url}: {said}");
        assert!(begun.elapsed().as_secs() < 12, "{url}: {:?}", begun.elapsed());
    }
}
