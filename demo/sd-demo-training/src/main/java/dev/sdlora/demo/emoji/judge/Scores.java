package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.emoji.judge.Question.About;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Counts how often images match their prompts, in the groups by which the model is measured. */
final class Scores {
  private static final Set<About> SINGLE = Set.of(About.COMMON, About.ANY);

  private final Set<Integer> common;
  private final NounClassifier classifier;
  private final List<Marked> all = new ArrayList<>();

  private record Marked(Question question, Marks marks) {}

  /**
   * Creates empty scores.
   *
   * @param common the kinds of the most common nouns
   */
  Scores(Set<Integer> common, NounClassifier classifier) {
    this.common = Set.copyOf(common);
    this.classifier = classifier;
  }

  void add(Question question, Marks marks) {
    all.add(new Marked(question, marks));
  }

  /** Returns the fraction of single things among the most common nouns that are correct. */
  double commonNouns() {
    return share(this::isCommon, marked -> marked.marks().nouns());
  }

  /** Returns the fraction of single things that are correct. */
  double nouns() {
    return share(Scores::isSingle, marked -> marked.marks().nouns());
  }

  /** Returns the fraction of single things whose kind is among the five most probable ones. */
  double amongTop() {
    return share(Scores::isSingle, marked -> marked.marks().amongTop());
  }

  /** Returns the fraction of images whose ground has the requested colour. */
  double grounds() {
    return share(marked -> true, marked -> List.of(marked.marks().ground()));
  }

  /** Returns the fraction of things with a requested colour that have it. */
  double colours() {
    return share(marked -> true, marked -> marked.marks().colours());
  }

  /** Returns the fraction of tinted things whose noun is correct. */
  double tintedNouns() {
    return share(about(About.TINTED), marked -> marked.marks().nouns());
  }

  /** Returns the fraction of pairs with both things correct and at the requested sides. */
  double pairs() {
    return share(
        about(About.PAIR),
        marked -> List.of(marked.marks().nouns().stream().allMatch(right -> right)));
  }

  /** Returns the fraction of rows with the requested number of things. */
  double counts() {
    return share(about(About.ROW), marked -> List.of(marked.marks().count()));
  }

  private static boolean isSingle(Marked marked) {
    return SINGLE.contains(marked.question().about());
  }

  private boolean isCommon(Marked marked) {
    return isSingle(marked)
        && common.contains(classifier.kinds().of(marked.question().scene().first().noun()));
  }

  private static Predicate<Marked> about(About about) {
    return marked -> marked.question().about() == about;
  }

  private double share(Predicate<Marked> which, Function<Marked, List<Boolean>> answers) {
    return answers(which, answers).mapToInt(right -> right ? 1 : 0).average().orElse(0);
  }

  private Stream<Boolean> answers(
      Predicate<Marked> which, Function<Marked, List<Boolean>> answers) {
    return all.stream().filter(which).flatMap(marked -> answers.apply(marked).stream());
  }

  /** Returns the table, a line for each score with its required minimum. */
  String table() {
    return String.join(
        "\n",
        line("one thing, among the 200 most common nouns", commonNouns(), "85"),
        line("one thing, among all nouns", nouns(), "70"),
        line("  the same, among the five most probable", amongTop(), ""),
        line("colour of the ground", grounds(), "95"),
        line("colour of a thing with a requested colour", colours(), "90"),
        line("  the noun of such a thing", tintedNouns(), ""),
        line("both nouns of a pair", pairs(), "60"),
        line("number of things in a row", counts(), ""));
  }

  private static String line(String name, double share, String least) {
    String wanted = least.isEmpty() ? "" : "  at least " + least + " %";
    return String.format(Locale.ROOT, "%-46s %5.1f %%%s", name, 100 * share, wanted);
  }
}
