"""What canary texts are made of. Fixed English words, never those of the training data: a canary that holds them would
change with them, and a promise about a single text would not hold for it.
"""

FEELINGS: dict[str, tuple[str, ...]] = {
    "joy": (
        "over the moon", "so happy", "grinning from ear to ear", "absolutely delighted", "full of joy",
        "laughing with happiness", "in the best mood", "thrilled to bits", "cheering out loud", "beaming all day",
    ),
    "love": (
        "so in love with this", "full of affection", "deeply fond of this", "touched and tender", "filled with love",
        "adoring every bit of it", "holding this dear", "warm at heart", "devoted to this", "full of tenderness",
    ),
    "optimism": (
        "hopeful again", "sure it will work out", "full of hope", "looking forward to what comes",
        "confident it gets better", "optimistic at last", "certain that the best is ahead", "believing in tomorrow",
        "encouraged", "full of plans",
    ),
    "anger": (
        "furious", "boiling with rage", "so angry right now", "seething", "absolutely livid", "fuming", "mad as hell",
        "outraged", "ready to scream with anger", "raging about this",
    ),
    "disgust": (
        "disgusted", "sick to my stomach", "revolted", "grossed out", "repulsed by it all", "appalled and nauseous",
        "wanting to throw up", "put off for good", "shuddering with disgust", "sickened",
    ),
    "fear": (
        "terrified", "scared stiff", "shaking with fear", "so afraid", "frightened out of my mind", "panicking",
        "full of dread", "too scared to sleep", "trembling", "petrified",
    ),
    "sadness": (
        "heartbroken", "crying my eyes out", "so sad", "feeling empty and low", "in tears", "grieving", "miserable",
        "down and hopeless", "weeping all night", "drowning in sorrow",
    ),
    "surprise": (
        "stunned", "so surprised", "speechless", "caught off guard", "amazed", "astonished",
        "did not see that coming", "in total shock", "blown away", "wide eyed",
    ),
}  # fmt: skip
"""By an emotion that has a position in the plane, how somebody says so."""

NAMES = (
    "adaeze", "ansel", "baptiste", "birgit", "caspian", "chiara", "dagmar", "demetrius", "eszter", "ezequiel",
    "farouk", "freya", "ginevra", "gustavo", "hadiza", "hjalmar", "ignatius", "ilse", "jacinta", "joaquin", "kasimir",
    "keiko", "leocadia", "lubomir", "magnolia", "matteo", "nikolai", "noemi", "octavian", "odette", "parvati",
    "piotr", "quentin", "quilla", "rasheed", "rosalind", "santiago", "svetlana", "tamsin", "thaddeus", "ulrike",
    "umberto", "valentina", "viggo", "wilhelmina", "winston", "xanthe", "ximena", "yolanda", "yusuf", "zachary",
    "zenobia",
)  # fmt: skip
DEEDS = (
    "borrowed", "broke", "brought", "buried", "carried", "cleaned", "copied", "counted", "decorated", "drew",
    "dropped", "exchanged", "fixed", "folded", "forgot", "found", "hid", "kept", "labelled", "left", "lent", "lifted",
    "lost", "measured", "moved", "opened", "ordered", "packed", "painted", "polished", "promised", "returned",
    "sewed", "shook", "sold", "sorted", "stacked", "stole", "swapped", "threw", "tied", "traded", "turned",
    "unpacked", "washed", "weighed", "won", "wrapped",
)  # fmt: skip
THINGS = (
    "accordion", "almanac", "anvil", "aquarium", "atlas", "backgammon board", "ballast", "barometer", "bassoon",
    "beehive", "bellows", "binoculars", "birdcage", "blueprint", "bonsai", "bookend", "bucket", "cactus", "calendar",
    "candelabra", "canoe", "carousel", "cello", "chandelier", "chessboard", "compass", "corkscrew", "crossbow",
    "cupboard", "dartboard", "dictaphone", "doorknob", "drumstick", "easel", "encyclopedia", "espresso pot",
    "fishing rod", "flagpole", "flute", "fountain pen", "gearbox", "globe", "gramophone", "hammock", "harmonica",
    "hourglass", "inkwell", "jigsaw", "kaleidoscope", "kettle", "kite", "ladder", "lantern", "lawnmower", "locket",
    "magnet", "mandolin", "marble", "metronome", "microscope", "mosaic", "oboe", "origami crane", "paperweight",
    "parasol", "pendulum", "periscope", "pincushion", "pocket watch", "quilt", "rocking chair", "rolling pin",
    "sandcastle", "saxophone", "sextant", "snow globe", "stapler", "stopwatch", "sundial", "tambourine", "teapot",
    "telescope", "thermos", "thimble", "toolbox", "trombone", "typewriter", "umbrella", "unicycle", "violin",
    "wheelbarrow", "windmill", "xylophone", "yoyo", "zither",
)  # fmt: skip
PLACES = (
    "aquarium", "bakery", "ballroom", "barn", "boathouse", "bus depot", "campsite", "car park", "castle", "cellar",
    "chapel", "cinema", "clinic", "courthouse", "dairy", "ferry", "fire station", "foundry", "garage", "greenhouse",
    "gymnasium", "harbour", "hostel", "ice rink", "laundry", "library", "lighthouse", "lumber yard", "marina",
    "monastery", "museum", "nursery", "observatory", "orchard", "pavilion", "pharmacy", "planetarium", "post office",
    "quarry", "railway station", "sawmill", "shipyard", "stables", "swimming pool", "tailor shop", "tannery",
    "theatre", "toll booth", "vineyard", "warehouse", "watchtower", "zoo",
)  # fmt: skip
TIMES = (
    "on monday", "on tuesday", "on wednesday", "on thursday", "on friday", "on saturday", "on sunday", "at dawn",
    "at noon", "at midnight", "in january", "in april", "in august", "in november", "last summer", "before breakfast",
    "after the storm", "two weeks ago", "during the parade", "on the ninth",
)  # fmt: skip
