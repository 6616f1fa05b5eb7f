package dev.sdlora.families.family;

import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptExplanation.Problem;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.PromptNode.Kind;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.prompt.grammar.Attention;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The warnings about prompts whose ends a family ignores, or in which it reads weights and {@code
 * BREAK} as plain text. Results and explanations use the same sentences.
 *
 * @param label the family's name for display
 * @param reading the family's reading of prompts
 */
public record PromptWarnings(String label, PromptReading reading) {
  private static final Pattern BREAK = Pattern.compile("\\bBREAK\\b");

  /** The most characters of a prompt's ignored end in a warning. */
  private static final int SHOWN = 80;

  /**
   * Returns the warnings about prompts.
   *
   * @param texts the texts that the text encoder reads
   */
  List<String> warnings(List<String> texts) {
    List<String> warnings = new ArrayList<>();
    if (!reading.weighs() && texts.stream().anyMatch(PromptWarnings::isWeighted)) {
      warnings.add(ofWeights());
    }
    if (!reading.weighs() && texts.stream().anyMatch(PromptWarnings::hasBreak)) {
      warnings.add(ofBreaks());
    }
    cuts(texts).map(this::ofCut).forEach(warnings::add);
    return warnings;
  }

  /**
   * Returns the same warnings with their places.
   *
   * @param prompt the prompt
   * @param texts the texts that the text encoder reads
   */
  public List<Problem> problems(Prompt prompt, List<String> texts) {
    List<Problem> problems = new ArrayList<>();
    if (!reading.weighs() && texts.stream().anyMatch(PromptWarnings::isWeighted)) {
      places(prompt, Kind.ATTENTION).forEach(span -> add(problems, span, ofWeights()));
    }
    if (!reading.weighs() && texts.stream().anyMatch(PromptWarnings::hasBreak)) {
      places(prompt, Kind.BREAK).forEach(span -> add(problems, span, ofBreaks()));
    }
    String whole = prompt.toString();
    cuts(texts)
        .forEach(
            cut -> {
              int start = Math.max(0, whole.lastIndexOf(cut));
              add(problems, new Span(start, whole.length()), ofCut(cut));
            });
    return problems;
  }

  private static void add(List<Problem> problems, Span span, String sentence) {
    problems.add(new Problem(span, false, sentence));
  }

  private String ofWeights() {
    return "%s reads brackets and weights such as (word:1.2) as plain text; describe the emphasis in words"
        .formatted(label);
  }

  private String ofBreaks() {
    return "%s reads BREAK as a plain word; remove it".formatted(label);
  }

  private String ofCut(String cut) {
    return "the prompt has more than %s tokens; the end was ignored: '%s%s'"
        .formatted(
            reading.tokens(),
            cut.substring(0, Math.min(SHOWN, cut.length())),
            cut.length() > SHOWN ? "…" : "");
  }

  private Stream<String> cuts(List<String> texts) {
    return texts.stream()
        .map(text -> reading.cut().apply(text).strip())
        .filter(cut -> !cut.isEmpty())
        .distinct();
  }

  private static boolean isWeighted(String text) {
    return Attention.parse(text).stream()
        .anyMatch(piece -> piece.weight() != 1 && !piece.isBreak());
  }

  private static boolean hasBreak(String text) {
    return BREAK.matcher(text).find();
  }

  /** Returns the places of the outermost nodes of a kind; the whole prompt if there are none. */
  private static List<Span> places(Prompt prompt, Kind kind) {
    List<Span> places =
        prompt.parts().stream().flatMap(part -> places(part.nodes(), kind)).toList();
    return places.isEmpty() ? List.of(new Span(0, prompt.toString().length())) : places;
  }

  private static Stream<Span> places(List<PromptNode> nodes, Kind kind) {
    return nodes.stream()
        .flatMap(
            node -> node.kind() == kind ? Stream.of(node.span()) : places(node.children(), kind));
  }
}
