from nudges.planning.places import Places, Words


def words(pk, *, channel="email", language="en", situation=0, arm="a", turn=0) -> Words:
    return Words(pk, channel, language, situation, arm, turn, needs=0, template_id=None)


def chosen(*texts, channel="email", language="en", situation=0, arm="a") -> list[int]:
    places = Places(["email", "in-app"], ["en", "bn"], texts)
    return [word.pk for word in places.texts_at(channel, language, situation, arm)]


def test_own_language_then_the_sites_then_the_only_one():
    both = words(1), words(2, language="bn")
    assert chosen(*both, language="bn") == [2]
    assert chosen(both[0], language="bn") == [1]
    assert chosen(both[1], language="en") == [2]


def test_own_situation_then_a_text_that_fits_everyone():
    texts = words(1), words(2, situation=3)
    assert chosen(*texts, situation=3) == [2]
    assert chosen(*texts, situation=4) == [1]
    assert chosen(texts[1], situation=4) == []


def test_texts_of_one_place_take_turns():
    assert chosen(words(1, turn=1), words(2, turn=0)) == [2, 1]


def test_second_message_is_for_its_group_alone():
    texts = words(1), words(2, arm="b")
    assert chosen(*texts, arm="a") == [1]
    assert chosen(*texts, arm="b") == [2]
    assert chosen(texts[0], arm="b") == [1]


def test_channels_do_not_share_texts():
    assert chosen(words(1, channel="in-app"), channel="email") == []


def test_every_place_has_a_number_of_its_own():
    places = Places(["email", "in-app"], ["en", "bn"], [words(1)])
    numbers = [place for place, _turn, _word in places.rows()]
    assert len(numbers) == len(set(numbers)) == 2 * 2 * 16 * 2
