package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.emoji.judge.Asked.About;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** How often images are as they were asked for, in the groups that the model is measured by. */
final class Scores {
  private static final Set<About> SINGLE = Set.of(About.COMMON, About.ANY);

  private final Set<Integer> common;
  private final NounClassifier classifier;
  private final List<Marked> all = new ArrayList<>();

  private record Marked(Asked asked, Marks marks) {}

  /**
   * Nothing yet.
   *
   * @param common the kinds that the commonest nouns are
   */
  Scores(Set<Integer> common, NounClassifier classifier) {
    this.common = Set.copyOf(common);
    this.classifier = classifier;
  }

  void add(Asked asked, Marks marks) {
    all.add(new Marked(asked, marks));
  }

  /** Share of single things, of the commonest nouns, that are what was asked for. */
  double commonNouns() {
    return share(this::isCommon, marked -> marked.marks().nouns());
  }

  /** Share of single things that are what was asked for. */
  double nouns() {
    return share(Scores::isSingle, marked -> marked.marks().nouns());
  }

  /** Share of single things of which the right one is among the five most probable. */
  double amongTop() {
    return share(Scores::isSingle, marked -> marked.marks().amongTop());
  }

  /** Share of all images whose ground has the colour. */
  double grounds() {
    return share(marked -> true, marked -> List.of(marked.marks().ground()));
  }

  /** Share of things asked for in a colour that have it. */
  double colours() {
    return share(marked -> true, marked -> marked.marks().colours());
  }

  /** Share of tinted things that are what was asked for. */
  double tintedNouns() {
    return share(about(About.TINTED), marked -> marked.marks().nouns());
  }

  /** Share of pairs of which both are what was asked for, where it was asked for. */
  double pairs() {
    return share(
        about(About.PAIR),
        marked -> List.of(marked.marks().nouns().stream().allMatch(right -> right)));
  }

  /** Share of rows that have as many things as were asked for. */
  double counts() {
    return share(about(About.ROW), marked -> List.of(marked.marks().count()));
  }

  private static boolean isSingle(Marked marked) {
    return SINGLE.contains(marked.asked().about());
  }

  private boolean isCommon(Marked marked) {
    return isSingle(marked)
        && common.contains(classifier.kinds().of(marked.asked().scene().first().noun()));
  }

  private static Predicate<Marked> about(About about) {
    return marked -> marked.asked().about() == about;
  }

  private double share(Predicate<Marked> which, Function<Marked, List<Boolean>> answers) {
    return answers(which, answers).mapToInt(right -> right ? 1 : 0).average().orElse(0);
  }

  private Stream<Boolean> answers(
      Predicate<Marked> which, Function<Marked, List<Boolean>> answers) {
    return all.stream().filter(which).flatMap(marked -> answers.apply(marked).stream());
  }

  /** The table, a line for each share with what it should be at least. */
  String table() {
    return String.join(
        "\n",
        line("one thing, of the 200 commonest nouns", commonNouns(), "85"),
        line("one thing, of all nouns", nouns(), "70"),
        line("  the same, among the five most probable", amongTop(), ""),
        line("colour of the ground", grounds(), "95"),
        line("colour of a thing that was asked for in one", colours(), "90"),
        line("  the noun of such a thing", tintedNouns(), ""),
        line("both nouns of a pair", pairs(), "60"),
        line("number of things in a row", counts(), ""));
  }

  private static String line(String name, double share, String least) {
    String wanted = least.isEmpty() ? "" : "  at least " + least + " %";
    return String.format(Locale.ROOT, "%-46s %5.1f %%%s", name, 100 * share, wanted);
  }
}
