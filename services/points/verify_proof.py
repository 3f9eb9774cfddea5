"""积分余额证明核验程序 / Checks a proof of a balance, without the mall, its database or a network.

    python verify_proof.py proof.json [--checkpoint HASH]

Needs Python 3.9 and its standard library only; it shares no code with the service. HASH is that of the checkpoint as it
was published. Exit status: 0 proved, 1 the proof is wrong, 2 there is nothing that could be checked.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

POSTING: dict[str, Any] = {
    "journal_id": int, "seq": int, "amount": int, "pool": (int, None), "expires_on": (str, None), "kind": str,
    "source": (str, None), "ref": (str, None), "happened_at": str, "booked_at": str, "journal_hash": "hash",
}  # fmt: skip
CHECKPOINT: dict[str, Any] = {
    "unit": str, "no": int, "day": str, "upto_block": int, "head": "hash", "accounts": int, "total": int,
    "root": "hash", "prev": "hash", "taken_at": str, "hash": "hash",
}  # fmt: skip
SHAPE: dict[str, Any] = {
    "format": str,
    "account": {"member_id": str, "account_id": int, "unit": str},
    "leaf": {"balance": int, "entries": int, "digest": "hash", "last_journal": int},
    "path": [{"side": str, "hash": "hash", "sum": int}],
    "before": {"entries": int, "balance": int, "digest": "hash"},
    "postings": [POSTING],
    "checkpoint": CHECKPOINT,
}
NOTHING = "0" * 64
LARGEST = 2**63 - 1


class Wrong(Exception):
    """中文，English: why the proof does not hold."""


def require(condition: bool, chinese: str, english: str) -> None:
    if not condition:
        raise Wrong(chinese, english)


def fits(value: Any, shape: Any) -> bool:
    """Exactly the fields and kinds that are expected: what is not understood is not proved."""
    if isinstance(shape, dict):
        return isinstance(value, dict) and value.keys() == shape.keys() and all(fits(value[n], shape[n]) for n in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(each, shape[0]) for each in value)
    if isinstance(shape, tuple):
        return value is None or fits(value, shape[0])
    if shape == "hash":
        return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None
    return type(value) is shape and (shape is str or abs(value) <= LARGEST)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def text(*values: Any) -> bytes:
    """A JSON array as it is hashed: UTF-8, a blank after every comma."""
    return json.dumps(list(values), ensure_ascii=False, separators=(", ", ": ")).encode("utf-8")


def check_postings(proof: dict[str, Any]) -> None:
    """Each posting continues the digest of all before it; together they are the leaf."""
    before, leaf = proof["before"], proof["leaf"]
    if before["entries"] == 0:
        require(before["digest"] == NOTHING and before["balance"] == 0, "起点不为零", "it does not start at nothing")
    digest, balance, last = bytes.fromhex(before["digest"]), before["balance"], (0, -1)
    for posting in proof["postings"]:
        place = posting["journal_id"], posting["seq"]
        require(place > last, "明细顺序不对", f"journal {place[0]} is out of order")
        digest = sha256(digest, text("posting-1", *(posting[name] for name in POSTING)))
        balance, last = balance + posting["amount"], place
    count = before["entries"] + len(proof["postings"])
    require(count == leaf["entries"], "明细条数不符", f"{leaf['entries']} entries are claimed, {count} shown")
    require(digest.hex() == leaf["digest"], "明细被改动、遗漏或增加", "a posting was changed, left out or put in")
    require(balance == leaf["balance"], "明细之和不等于余额", f"they sum to {balance}, not to {leaf['balance']}")
    require(last[0] == leaf["last_journal"], "最后一笔明细不符", "the last posting is not the leaf's")


def check_path(proof: dict[str, Any]) -> None:
    """The leaf, joined with its siblings step by step, is the checkpoint's root; no sum on the way is negative."""
    account, leaf, checkpoint = proof["account"], proof["leaf"], proof["checkpoint"]
    require(account["unit"] == checkpoint["unit"], "单位不符", "the checkpoint is of another unit")
    said = (account["unit"], account["account_id"], account["member_id"], leaf["balance"], leaf["entries"])
    total = leaf["balance"]
    require(total >= 0, "余额为负", "the balance is negative")
    hash_ = sha256(b"\x00", text("mall-leaf-1", *said, leaf["digest"], leaf["last_journal"]))
    for step in proof["path"]:
        require(step["side"] in ("left", "right") and step["sum"] >= 0, "路径不合法", "a step of the path is not valid")
        own = hash_ + total.to_bytes(8, "big")
        sibling = bytes.fromhex(step["hash"]) + step["sum"].to_bytes(8, "big")
        hash_ = sha256(b"\x01", *((sibling, own) if step["side"] == "left" else (own, sibling)))
        total += step["sum"]
        require(total <= LARGEST, "总额过大", "the sums are too large")
    require(hash_.hex() == checkpoint["root"], "路径不通向检查点的根", "the path does not lead to the root")
    require(total == checkpoint["total"], "总额不符", f"the sums come to {total}, not to {checkpoint['total']}")


def check_checkpoint(proof: dict[str, Any], published: str | None) -> None:
    checkpoint = proof["checkpoint"]
    own = sha256(text("mall-checkpoint-1", *(checkpoint[name] for name in CHECKPOINT if name != "hash"))).hex()
    require(own == checkpoint["hash"], "检查点内容与其哈希不符", "the checkpoint is not what its hash says")
    require(published in (None, own), "与公布的检查点不同", "this is not the checkpoint that was published")


def check(proof: Any, published: str | None = None) -> None:
    """Raises Wrong."""
    require(fits(proof, SHAPE), "文件格式不符", "this is not a proof of the expected form")
    require(proof["format"] == "mall-balance-proof-1", "未知的证明格式", "the format is not known")
    check_postings(proof)
    check_path(proof)
    check_checkpoint(proof, published)


def conclusions(proof: dict[str, Any], published: str | None) -> Iterator[str]:
    account, leaf, before = proof["account"], proof["leaf"], proof["before"]["entries"]
    checkpoint = proof["checkpoint"]
    whose, when = f"{account['member_id']} {account['unit']}", f"{checkpoint['day']} #{checkpoint['no']}"
    yield f"✓ 已证明：{whose} 截至检查点 {when} 的余额为 {leaf['balance']}，由全部 {leaf['entries']} 笔明细得出，"
    yield f"  并计入 {checkpoint['accounts']} 个账户的总额 {checkpoint['total']}。"
    yield f"✓ Proved: {whose} has {leaf['balance']} as of checkpoint {when}, which is what all {leaf['entries']}"
    yield f"  postings come to; it is part of the total of {checkpoint['total']} in {checkpoint['accounts']} accounts."
    if before:
        yield f"! 较早的 {before} 笔未逐笔列出 / The {before} oldest postings are told as one digest, not one by one"
    if published is None:
        yield f"! 请与公布的检查点哈希核对 / Compare with the checkpoint's hash as published: {checkpoint['hash']}"


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A field that is there twice could mean either."""
    names = [name for name, _ in pairs]
    require(len(set(names)) == len(names), "字段重复", "a field is there twice")
    return dict(pairs)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="积分余额证明核验 / checks a proof of a balance offline")
    parser.add_argument("proof", help="证明文件 / the proof, a JSON file")
    parser.add_argument("--checkpoint", metavar="HASH", help="公布的检查点哈希 / the checkpoint's hash as published")
    options = parser.parse_args(arguments)
    try:
        proof = json.loads(Path(options.proof).read_text("utf-8"), object_pairs_hook=once)
        published = options.checkpoint and options.checkpoint.strip().lower()
        check(proof, published)
    except Wrong as problem:
        print(f"✗ 证明无效：{problem.args[0]}\n✗ The proof does not hold: {problem.args[1]}")
        return 1
    except (OSError, ValueError, RecursionError) as problem:
        print(f"无法读取 / cannot be read: {problem}", file=sys.stderr)
        return 2
    print("\n".join(conclusions(proof, published)))
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # whatever the terminal says of itself
    sys.stderr.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
