"""Can a model tell people's pictures from generated ones without looking at them? The audit of a corpus.

A corpus in which one class has another size, format or margin than the other teaches just that: such a
model passes every test on the same corpus, and accuses whoever saves pictures in that way.

================  ========================================================================================
module            what it does
================  ========================================================================================
segments          walks the segments of JPEG, PNG and WebP files, and takes the metadata out
coding            what a JPEG's tables say of its quality, and how its colours are thinned out
surface           margins and look: the only facts that need pixels
catalogue         the facts by name, in groups
facts             all facts of one file
separability      how well a small model tells the classes apart by some facts, on groups it has not seen
categories        whether domain, source or date give the label away
corpus_audit      all of that for one corpus
gate              refuses a corpus with a shortcut
variants          changed copies of a picture: coded anew, resized, stripped, padded
sampling          some pictures of every group
shifts            how far a bundle's verdicts move with the variants
wording, page,    the results as text, as an HTML page and as JSON
record
================  ========================================================================================
"""
