package dev.sdlora.pipeline;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.prompt.PromptExplanation.Problem;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tree.Finding;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** What the writer of prompts should know: in results the same sentences as in explanations. */
final class PromptWarnings {
  /** Nobody reads more of them. */
  private static final int MOST = 100;

  private PromptWarnings() {}

  /** What there is to say about a prompt, which is read in some passes. */
  static List<Problem> of(ReadPrompt prompt, List<PromptSteps> passes) {
    return prompt.findings(passes).stream()
        .map(
            finding ->
                new Problem(
                    finding.span(), finding.mistake(), place("", prompt) + finding.message()))
        .toList();
  }

  /**
   * What there is to say about the prompts of a request.
   *
   * @param first its pass, or the first of two
   * @param others what else is said, of which some says more about the same things
   */
  static List<String> of(DenoisingPass first, Optional<DenoisingPass> second, List<String> others) {
    List<String> sentences =
        Stream.of(
                of(DenoisingPass::prompt, first, second, others),
                of(DenoisingPass::negative, first, second, others))
            .flatMap(List::stream)
            .distinct()
            .toList();
    if (sentences.size() <= MOST) {
      return sentences;
    }
    List<String> shown = new ArrayList<>(sentences.subList(0, MOST));
    shown.add("there are " + (sentences.size() - MOST) + " more warnings about the prompts");
    return shown;
  }

  /** What prompts name that lies in a folder of LoRAs and is an embedding. */
  static List<String> ofEmbeddingsAmongLoras(
      Model model, DenoisingPass first, Optional<DenoisingPass> second) {
    Map<String, Path> files;
    try {
      files = model.library().paths();
    } catch (LoraException e) {
      return List.of(); // A folder that is gone is told about when a LoRA is asked for.
    }
    return Stream.concat(Stream.of(first), second.stream())
        .flatMap(pass -> Stream.of(pass.prompt().text(), pass.negative().text()))
        .distinct()
        .flatMap(text -> model.embeddings().missedIn(text, files).stream())
        .distinct()
        .map(
            name ->
                "the embedding '"
                    + name
                    + "' lies in a folder of LoRAs and was read as text; it acts from a folder of"
                    + " embeddings")
        .toList();
  }

  private static List<String> of(
      Function<DenoisingPass, ReadPrompt> which,
      DenoisingPass first,
      Optional<DenoisingPass> second,
      List<String> others) {
    ReadPrompt prompt = which.apply(first);
    if (second.isEmpty()) {
      return sentences("", prompt, List.of(first.schedule()), others);
    }
    ReadPrompt hires = which.apply(second.get());
    PromptSteps hiresPass = second.get().schedule();
    if (hires == prompt) {
      return sentences("", prompt, List.of(first.schedule(), hiresPass), others);
    }
    return Stream.of(
            sentences("", prompt, List.of(first.schedule()), others),
            sentences("hires ", hires, List.of(hiresPass), others))
        .flatMap(List::stream)
        .toList();
  }

  private static List<String> sentences(
      String pass, ReadPrompt prompt, List<PromptSteps> passes, List<String> others) {
    String place = place(pass, prompt);
    return prompt.findings(passes).stream()
        .map(Finding::message)
        .filter(message -> others.stream().noneMatch(other -> other.startsWith(message)))
        .map(message -> place + message)
        .toList();
  }

  private static String place(String pass, ReadPrompt prompt) {
    return pass + (prompt.isNegative() ? "negative prompt: " : pass.isEmpty() ? "" : "prompt: ");
  }
}
