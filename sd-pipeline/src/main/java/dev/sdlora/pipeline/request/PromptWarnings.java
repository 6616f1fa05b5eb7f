package dev.sdlora.pipeline.request;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.prompt.PromptExplanation.Problem;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tree.Finding;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Warnings about prompts. Results and explanations use the same sentences. */
public final class PromptWarnings {
  /** The maximum number of warnings for a request. */
  private static final int MOST = 100;

  private PromptWarnings() {}

  /** Returns the problems of a prompt in the given passes. */
  public static List<Problem> of(ReadPrompt prompt, List<PromptSteps> passes) {
    return prompt.findings(passes).stream()
        .map(
            finding ->
                new Problem(
                    finding.span(), finding.mistake(), place("", prompt) + finding.message()))
        .toList();
  }

  /**
   * Returns the warnings about the prompts of a request.
   *
   * @param passes one or two passes
   * @param others other warnings; a prompt warning is dropped if one of these begins with it
   */
  static List<String> of(List<PassPlan> passes, List<String> others) {
    List<String> messages =
        Stream.of(of(PassPlan::prompt, passes, others), of(PassPlan::negative, passes, others))
            .flatMap(List::stream)
            .distinct()
            .toList();
    if (messages.size() <= MOST) {
      return messages;
    }
    List<String> shown = new ArrayList<>(messages.subList(0, MOST));
    shown.add("there are " + (messages.size() - MOST) + " more warnings about the prompts");
    return shown;
  }

  /** Returns the warnings about the prompts of detail passes that no other pass has. */
  static List<String> ofDetails(RequestPart part, List<String> others) {
    Set<ReadPrompt> known = new HashSet<>();
    part.passes().forEach(pass -> known.addAll(List.of(pass.prompt(), pass.negative())));
    List<String> warnings = new ArrayList<>();
    for (DetailPlan detail : part.details()) {
      for (PassPlan pass : detail.passes()) {
        for (ReadPrompt prompt : List.of(pass.prompt(), pass.negative())) {
          if (known.add(prompt) && warnings.size() < MOST) {
            warnings.addAll(messages("detail ", prompt, List.of(pass.schedule()), others));
          }
        }
      }
    }
    return warnings.stream().distinct().limit(MOST).toList();
  }

  /** Returns a warning for each embedding that prompts name and that is in a folder of LoRAs. */
  static List<String> ofEmbeddingsAmongLoras(Model model, List<PassPlan> passes) {
    Map<String, Path> files;
    try {
      files = model.loras().library().paths();
    } catch (LoraException e) {
      return List.of(); // A missing folder is reported when a LoRA is requested.
    }
    return passes.stream()
        .flatMap(pass -> Stream.of(pass.prompt().text(), pass.negative().text()))
        .distinct()
        .flatMap(text -> model.texts().embeddings().missedIn(text, files).stream())
        .distinct()
        .map(
            name ->
                "the embedding '"
                    + name
                    + "' is in a LoRA folder and was treated as text; move it to an embedding"
                    + " folder to use it")
        .toList();
  }

  private static List<String> of(
      Function<PassPlan, ReadPrompt> which, List<PassPlan> passes, List<String> others) {
    ReadPrompt prompt = which.apply(passes.get(0));
    if (passes.stream().allMatch(pass -> which.apply(pass) == prompt)) {
      return messages("", prompt, passes.stream().map(PassPlan::schedule).toList(), others);
    }
    PassPlan hires = passes.get(1);
    return Stream.of(
            messages("", prompt, List.of(passes.get(0).schedule()), others),
            messages("hires ", which.apply(hires), List.of(hires.schedule()), others))
        .flatMap(List::stream)
        .toList();
  }

  private static List<String> messages(
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
