"""What points outstanding are in money: deferred revenue by IFRS 15 (and CAS 14, 企业会计准则第14号), in whole fen.

The method, in the order in which it is worked:

1. **Cost flow** (``cost_flow``). The ledger keeps points by pool and expiry day, not by where they came from. Points of
   one pool and expiry day are alike: what leaves them (spent, expired, clawed back) is spread over the layers there,
   one for each month of issue and source, in proportion to what is left of what they issued, by the largest remainder.
   What is refunded goes back in proportion to what was redeemed. So every sum over layers is the ledger's own.
2. **Breakage** (``breakage``): the share of points that nobody will ever redeem (IFRS 15.B46). History gives it by a
   run-off triangle of issue months by age in months: of the points still there at the begin of an age, which share
   was redeemed at that age, over all issue months (chain ladder on what is not yet redeemed). The remaining life of a
   layer, to its expiry, multiplies the rest. Where an age it has yet to pass was seen by too few points, or the
   history is too short, an assumption row is used instead.
3. **Allocation** (``recognition``). What a customer pays is shared between what was sold and the points earned with it,
   by relative stand-alone selling prices (IFRS 15.B42, CAS 14 第三十五条): a point's is its fair value times the
   share expected to be redeemed when it was issued. It is never allocated anew.
4. **Recognition** (``recognition``). Revenue to date = allocated x redeemed to date / expected to be redeemed in all;
   a month's is that less what was recognised before (cumulative catch-up). So breakage comes in proportion to what
   is redeemed, and the rest when the points expire.
5. **Moves** (``measurement``). Points that are exchanged for coins are an obligation still: what comes by exchanges,
   and by gifts and releases into another expiry day, takes along what is deferred for the points that went, shared by
   what the new ones are worth. They count as redeemed in the run-off, as they are not lost.
6. **Roll-forward** (``measured``): opening + deferred by new points + moved - undone - recognised by redemption - by
   expiry - by re-estimates = closing, layer by layer, so that every line of every sum ties.
"""
