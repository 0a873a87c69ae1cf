"""E-mails as people send them, before they become copies in mailboxes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .accounts import Customers
from .conversations import Conversation, make_conversation
from .dice import Dice
from .directory import Directory
from .moments import MICROSECOND, Clock


@dataclass
class Letter:
    """One e-mail."""

    sender: str
    to: list[str]
    time: datetime
    conversation: Conversation
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    message_id: str = ""


@dataclass
class Post:
    """Writes letters between the people of an organisation and of its customers."""

    dice: Dice
    clock: Clock
    directory: Directory
    customers: Customers
    letters: list[Letter] = field(default_factory=list)

    def staff(self) -> str:
        """Return an address of any user: persons, colleagues, guests, those who opted out."""
        return self.dice.pick(self.dice.pick(self.directory.users).addresses)

    def insider(self) -> str:
        """Return an address that is the organisation's, though perhaps no user's."""
        if self.dice.chance(0.3):
            return self.dice.pick(self.directory.own_strangers())
        return self.staff()

    def contact(self) -> str:
        """Return an address of a contact."""
        return self.dice.pick(self.customers.contacts)

    def stranger(self) -> str:
        """Return an address that is neither."""
        return self.dice.pick(self.customers.strangers)

    def anybody(self) -> str:
        """Return any address."""
        return self.dice.pick((self.staff, self.contact, self.insider, self.stranger))()

    def send(self, sender: str, to: list[str], time: datetime, conversation: Conversation) -> None:
        """Write one letter, sometimes with others in copy."""
        letter = Letter(sender, to, time, conversation)
        letter.message_id = f"<{self.dice.guid()}@mail.example>"
        if self.dice.chance(0.25):
            letter.cc = [self.anybody() for _ in range(self.dice.between(1, 2))]
        if self.dice.chance(0.08):
            letter.bcc = [self.anybody()]
        self.letters.append(letter)

    def pause(self) -> timedelta:
        """Return how long people wait before they answer: sometimes not at all."""
        return self.dice.pick(
            (
                timedelta(0),
                timedelta(0),
                MICROSECOND,
                timedelta(seconds=self.dice.between(1, 90)),
                timedelta(minutes=self.dice.between(1, 600)),
                timedelta(hours=self.dice.between(1, 200)),
                timedelta(seconds=self.dice.between(1, 86_400), microseconds=123_457),
            )
        )

    def thread(self) -> None:
        """Write letters to and fro, with ties, repetitions and interruptions by others."""
        conversation = make_conversation(self.dice)
        ours, theirs = self.staff(), self.contact()
        time = self.clock.moment()
        from_us = self.dice.chance(0.7)
        for _ in range(self.dice.between(2, 9)):
            if self.dice.chance(0.15):
                theirs = self.contact()
            if from_us:
                self.send(ours, [theirs], time, conversation)
            else:
                self.send(theirs, [ours], time, conversation)
            if self.dice.chance(0.1):
                # Somebody else joins: no answer, and no end of the wait for one.
                self.send(self.stranger(), [ours, theirs], time + self.pause(), conversation)
            time += self.pause()
            if self.dice.chance(0.75):
                from_us = not from_us

    def single(self) -> None:
        """Write one letter of one of many kinds."""
        dice, time = self.dice, self.clock.moment()
        conversation = make_conversation(dice)
        kind = dice.between(1, 8)
        if kind == 1:
            contacts = [self.contact() for _ in range(dice.between(2, 6))]
            self.send(self.staff(), contacts, time, conversation)
        elif kind == 2:
            self.send(self.stranger(), [self.staff(), self.contact()], time, conversation)
        elif kind == 3:
            self.send(self.insider(), [self.insider()], time, conversation)
        elif kind == 4:
            self.send(self.contact(), [self.contact(), self.staff()], time, conversation)
        elif kind == 5:
            self.send(self.insider(), [self.contact()], time, conversation)
        elif kind == 6:
            self.send(self.contact(), [self.staff()], time, conversation)
        elif kind == 7:
            self.send(self.contact(), [], time, conversation)
        else:
            self.send(self.anybody(), [self.anybody()], time, conversation)


def write_letters(
    dice: Dice, clock: Clock, directory: Directory, customers: Customers, count: int
) -> Post:
    """Return a post with about so many letters."""
    post = Post(dice, clock, directory, customers)
    while len(post.letters) < count:
        if dice.chance(0.35):
            post.thread()
        else:
            post.single()
    return post
