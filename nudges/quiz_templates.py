"""Questions that suit every topic, for when the language model is not at hand: how to learn it, and where one stands.

They state nothing about the topic, so nothing in them can be wrong. Each stands on something that studies of learning
agree on: recall beats rereading, spacing beats cramming, explaining and varied practice beat looking at answers.
"""

from .placeholders import fill
from .quiz_rules import Question

_Row = tuple[str, tuple[str, ...], int, str]

_QUESTIONS: dict[str, dict[str, tuple[_Row, ...]]] = {
    "en": {
        "easy": (
            (
                "You have just finished a lesson on “{topic}”. What helps you most to remember it?",
                (
                    "Reading the same page once more",
                    "Closing the page and telling yourself the main points",
                    "Marking the important lines in colour",
                ),
                1,
                "Recalling from memory strengthens it more than reading or marking does, even when it feels harder.",
            ),
            (
                "You meet a word in “{topic}” that you do not know. What is a good first step?",
                (
                    "Look it up, and use it in a sentence of your own",
                    "Skip it, since it will explain itself",
                    "Copy its definition several times",
                ),
                0,
                "A word becomes yours when you use it, and the next part is easier when its words are clear.",
            ),
            (
                "How is an hour for “{topic}” best spread over a week?",
                ("All of it on one day", "Only just before the next session", "In short parts on several days"),
                2,
                "Short sessions with days between them are remembered longer than one long session.",
            ),
        ),
        "medium": (
            (
                "How can you tell whether you have understood an idea from “{topic}”?",
                (
                    "The text about it reads smoothly",
                    "You can repeat its definition word by word",
                    "You can explain it to somebody with an example of your own",
                    "You remember on which page it stands",
                ),
                2,
                "An example of your own needs the idea itself; smooth reading and repeated words do not.",
            ),
            (
                "An exercise on “{topic}” came out wrong. What teaches you most?",
                (
                    "Finding the first step that went wrong, and trying again without the solution",
                    "Reading the solution and going on",
                    "Choosing an easier exercise",
                    "Waiting until the next session",
                ),
                0,
                "A mistake that you find and mend yourself shows exactly what to practise.",
            ),
            (
                "Which practice prepares you best to use “{topic}” later on?",
                (
                    "The same exercise until it is fast",
                    "Reading solved exercises",
                    "Watching somebody else solve them",
                    "Different kinds of exercises, mixed",
                ),
                3,
                "Mixed practice makes you choose the method each time, as you will have to later.",
            ),
        ),
        "hard": (
            (
                "You want to use an idea from “{topic}” in a new situation. What should you ask first?",
                (
                    "Which conditions does the idea need, and do they hold here?",
                    "Who had the idea first?",
                    "How long is its explanation?",
                    "Does the situation look like the one in the lesson?",
                ),
                0,
                "An idea carries over where its conditions hold; looking alike on the surface can mislead.",
            ),
            (
                "Two sources about “{topic}” disagree. What is the best way to go on?",
                (
                    "Believe the newer one",
                    "Compare their reasons and evidence, and test them on an example",
                    "Believe the longer one",
                    "Take the middle between them",
                ),
                1,
                "Reasons and evidence decide, not age, length or a compromise.",
            ),
            (
                "You have to plan a larger piece of work on “{topic}”. What comes first?",
                (
                    "Doing the most pleasant part",
                    "Collecting as much material as possible",
                    "Saying what the result must do, and splitting the way there into small steps",
                    "Asking for more time",
                ),
                2,
                "A clear result and small steps show what is missing, and when you are done.",
            ),
        ),
    },
    "bn": {
        "easy": (
            (
                "আপনি এইমাত্র “{topic}” নিয়ে একটি পাঠ শেষ করলেন। মনে রাখতে কোনটি সবচেয়ে বেশি সাহায্য করে?",
                (
                    "একই পাতা আরেকবার পড়া",
                    "পাতা বন্ধ করে মূল কথাগুলো নিজেকে বলা",
                    "গুরুত্বপূর্ণ লাইনগুলো রং দিয়ে দাগানো",
                ),
                1,
                "পড়া বা দাগানোর চেয়ে মন থেকে মনে করার চেষ্টা স্মৃতিকে বেশি মজবুত করে, কঠিন লাগলেও।",
            ),
            (
                "“{topic}” পড়তে গিয়ে একটি অচেনা শব্দ পেলেন। প্রথমে কী করা ভালো?",
                (
                    "অর্থ দেখে নিয়ে নিজের একটি বাক্যে ব্যবহার করা",
                    "বাদ দিয়ে এগিয়ে যাওয়া, পরে নিজেই বোঝা যাবে",
                    "সংজ্ঞাটি কয়েকবার লিখে নকল করা",
                ),
                0,
                "ব্যবহার করলে শব্দ নিজের হয়ে যায়, আর শব্দ পরিষ্কার হলে পরের অংশ সহজ লাগে।",
            ),
            (
                "“{topic}”-এর জন্য সপ্তাহে এক ঘণ্টা সময় থাকলে তা কীভাবে ভাগ করা ভালো?",
                ("পুরোটা এক দিনেই", "শুধু পরের ক্লাসের ঠিক আগে", "কয়েক দিনে অল্প অল্প করে"),
                2,
                "এক দিনের দীর্ঘ পড়ার চেয়ে কয়েক দিনের অল্প অল্প পড়া বেশি দিন মনে থাকে।",
            ),
        ),
        "medium": (
            (
                "“{topic}”-এর কোনো ধারণা সত্যিই বুঝেছেন কি না, কীভাবে জানবেন?",
                (
                    "লেখাটি পড়তে সহজ লাগে",
                    "সংজ্ঞাটি হুবহু বলতে পারেন",
                    "নিজের একটি উদাহরণ দিয়ে কাউকে বোঝাতে পারেন",
                    "কোন পাতায় আছে তা মনে আছে",
                ),
                2,
                "নিজের উদাহরণ দিতে হলে ধারণাটি বুঝতেই হয়; সহজে পড়া বা মুখস্থ বলার জন্য তা লাগে না।",
            ),
            (
                "“{topic}”-এর একটি অনুশীলনের উত্তর ভুল হয়েছে। কী করলে সবচেয়ে বেশি শেখা হয়?",
                (
                    "প্রথম কোন ধাপে ভুল হলো খুঁজে বের করে সমাধান না দেখে আবার চেষ্টা করা",
                    "সমাধান পড়ে এগিয়ে যাওয়া",
                    "আরও সহজ একটি অনুশীলন বেছে নেওয়া",
                    "পরের ক্লাস পর্যন্ত অপেক্ষা করা",
                ),
                0,
                "যে ভুল নিজে খুঁজে ঠিক করেন, সেটিই দেখিয়ে দেয় কী অনুশীলন করা দরকার।",
            ),
            (
                "পরে “{topic}” কাজে লাগাতে কোন অনুশীলন সবচেয়ে ভালো প্রস্তুতি দেয়?",
                (
                    "একই অনুশীলন দ্রুত না হওয়া পর্যন্ত করা",
                    "সমাধান করা অনুশীলন পড়া",
                    "অন্য কাউকে সমাধান করতে দেখা",
                    "নানা ধরনের অনুশীলন মিলিয়ে করা",
                ),
                3,
                "মিলিয়ে অনুশীলন করলে প্রতিবার পদ্ধতি নিজে বেছে নিতে হয়, যেমন পরে করতে হবে।",
            ),
        ),
        "hard": (
            (
                "“{topic}”-এর একটি ধারণা নতুন পরিস্থিতিতে ব্যবহার করতে চান। প্রথমে কোন প্রশ্নটি করা উচিত?",
                (
                    "ধারণাটির কী কী শর্ত লাগে, আর সেগুলো এখানে আছে কি?",
                    "ধারণাটি প্রথম কার ছিল?",
                    "এর ব্যাখ্যা কত বড়?",
                    "পরিস্থিতিটি কি পাঠের উদাহরণের মতো দেখতে?",
                ),
                0,
                "শর্ত মিললেই ধারণা নতুন জায়গায় খাটে; শুধু বাইরের মিল ভুল পথে নিতে পারে।",
            ),
            (
                "“{topic}” নিয়ে দুটি সূত্রের কথা মিলছে না। কীভাবে এগোনো সবচেয়ে ভালো?",
                (
                    "নতুনটি বিশ্বাস করা",
                    "দুটির যুক্তি ও প্রমাণ তুলনা করা, আর একটি উদাহরণে যাচাই করা",
                    "বড়টি বিশ্বাস করা",
                    "দুটির মাঝামাঝি ধরে নেওয়া",
                ),
                1,
                "যুক্তি ও প্রমাণই ঠিক করে দেয়, বয়স, দৈর্ঘ্য বা আপস নয়।",
            ),
            (
                "“{topic}” নিয়ে একটি বড় কাজের পরিকল্পনা করতে হবে। প্রথমে কী?",
                (
                    "সবচেয়ে মজার অংশটি করা",
                    "যত বেশি সম্ভব তথ্য জোগাড় করা",
                    "ফল কী হতে হবে তা বলা, আর পথটি ছোট ছোট ধাপে ভাগ করা",
                    "আরও সময় চাওয়া",
                ),
                2,
                "ফল স্পষ্ট হলে আর ধাপ ছোট হলে কী বাকি আছে এবং কখন শেষ, তা বোঝা যায়।",
            ),
        ),
    },
}


def questions_for(*, topic: str, difficulty: str, language: str) -> tuple[Question, ...]:
    """Three questions that name the topic; in English for a language that has none."""
    rows = _QUESTIONS.get(language, _QUESTIONS["en"])[difficulty]
    return tuple(
        Question(fill(question, {"topic": topic}), options, answer, explanation)
        for question, options, answer, explanation in rows
    )
