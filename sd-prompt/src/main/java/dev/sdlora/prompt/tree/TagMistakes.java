package dev.sdlora.prompt.tree;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.HypernetTag;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.grammar.MaskTag;
import dev.sdlora.prompt.tree.NearMissTags.AlmostTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The mistakes in the tags of a prompt.
 *
 * @param all all mistakes, in no particular order
 * @param unclosed those that are LoRA tags without an end, whose LoRAs have no effect
 */
record TagMistakes(List<Finding> all, List<Finding> unclosed) {
  private static final List<String> KINDS = List.of("lora", "lyco", "locon", "lycoris");

  /**
   * Returns the mistakes of a prompt.
   *
   * @param isLora whether a LoRA of this name exists
   */
  static TagMistakes of(String prompt, ExtraNetworks cut, Predicate<String> isLora) {
    List<Finding> all = new ArrayList<>();
    List<Finding> unclosed = new ArrayList<>();
    for (ExtraNetwork network : cut.networks()) {
      check(network, cut.spanOf(network), isLora).ifPresent(all::add);
    }
    for (AlmostTag tag : NearMissTags.find(prompt, cut, isLora)) {
      Finding finding = finding(tag);
      all.add(finding);
      if (tag.unclosed()) {
        unclosed.add(finding);
      }
    }
    return new TagMistakes(all, unclosed);
  }

  private static Finding finding(AlmostTag tag) {
    Span at = tag.span();
    String hint = hint(tag.meant());
    return tag.unclosed()
        ? Finding.mistake(at, "the tag '" + tag.written() + "'", "is not closed" + hint)
        : Finding.mistake(at, "'" + tag.written() + "'", "is not a tag and is read as text" + hint);
  }

  private static String hint(String meant) {
    return "; did you mean " + meant + "?";
  }

  private static Optional<Finding> check(
      ExtraNetwork network, Span span, Predicate<String> isLora) {
    try {
      if (HypernetTag.isKind(network.kind())) {
        HypernetTag.of(network);
        return Optional.empty();
      }
      if (MaskTag.of(network).isPresent()) {
        return Optional.empty();
      }
      return LoraTag.of(network)
          .map(tag -> checkName(network, span, tag.name(), isLora))
          .orElseGet(() -> Optional.of(unknownKind(network, span, isLora)));
    } catch (PromptSyntaxException e) {
      Span rest = new Span(e.offset(), Math.max(e.offset() + 1, span.end()));
      return Optional.of(new Finding(String.valueOf(e.getMessage()), rest, true));
    }
  }

  /** A weight without a colon before it is part of the name. */
  private static Optional<Finding> checkName(
      ExtraNetwork network, Span span, String name, Predicate<String> isLora) {
    TagWords words = TagWords.of(network.kind(), ":" + new FoldedText(name).folded(), true);
    if (words.arguments().isEmpty()
        || name.endsWith(" " + words.arguments().get(0))
        || isLora.test(name)) {
      return Optional.empty();
    }
    String what = "the tag " + network.tag();
    return Optional.of(
        Finding.mistake(span, what, "names a LoRA '" + name + "'" + hint(words.meant())));
  }

  private static Finding unknownKind(ExtraNetwork network, Span span, Predicate<String> isLora) {
    String what = "the tag " + network.tag();
    String inside = network.tag().substring(1, network.tag().length() - 1);
    String behindKind = inside.substring(network.kind().length());
    Optional<String> meant = Optional.empty();
    if (isLora.test(network.kind())) {
      meant = Optional.of(TagWords.of("lora", ":" + inside, true).meant());
    } else if (KINDS.stream().anyMatch(kind -> isNear(letters(network.kind()), kind))) {
      meant = Optional.of(TagWords.of(letters(network.kind()), behindKind, true).meant());
    }
    return Finding.mistake(
        span,
        what,
        "has an unknown kind"
            + meant
                .map(TagMistakes::hint)
                .orElse("; it is removed from the prompt and has no effect"));
  }

  private static String letters(String kind) {
    return FoldedText.lower(new FoldedText(kind).folded()).replaceAll("[^\\p{L}]", "");
  }

  /** Whether two words differ by at most one letter, or by two swapped letters. */
  private static boolean isNear(String word, String kind) {
    int from = 0;
    int shorter = Math.min(word.length(), kind.length());
    while (from < shorter && word.charAt(from) == kind.charAt(from)) {
      from++;
    }
    int same = 0;
    while (same < shorter - from
        && word.charAt(word.length() - 1 - same) == kind.charAt(kind.length() - 1 - same)) {
      same++;
    }
    String rest = word.substring(from, word.length() - same);
    String other = kind.substring(from, kind.length() - same);
    boolean oneLetter = rest.length() <= 1 && other.length() <= 1;
    return oneLetter
        || (rest.length() == 2 && new StringBuilder(rest).reverse().toString().equals(other));
  }
}
