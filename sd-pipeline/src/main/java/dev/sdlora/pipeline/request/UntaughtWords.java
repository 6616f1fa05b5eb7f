package dev.sdlora.pipeline.request;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.prompt.PromptExplanation.Options;
import dev.sdlora.api.prompt.PromptExplanation.Problem;
import dev.sdlora.pipeline.model.FileCaches;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.taught.KnownWords;
import dev.sdlora.prompt.taught.PromptWords;
import dev.sdlora.prompt.taught.PromptWords.Word;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds the words of prompts that a model was not taught. Applies to models that list the words of
 * their training; words of LoRAs and embeddings are known too.
 */
public final class UntaughtWords {
  /** The maximum number of unknown words that are marked in a prompt. */
  private static final int MOST = 100;

  private UntaughtWords() {}

  /** Returns the warning about all prompts of a completed request. */
  public static Optional<String> warning(
      Model model, List<PassPlan> passes, Stream<String> broughtWords) {
    if (model.taughtWords().isEmpty()) {
      return Optional.empty();
    }
    KnownWords taught = model.taughtWords().with(broughtWords);
    return taught.warning(
        passes.stream()
            .flatMap(pass -> Stream.of(pass.prompt(), pass.negative()))
            .flatMap(prompt -> PromptWords.of(prompt.tree()).stream())
            .map(Word::text));
  }

  /**
   * Returns a problem for each unknown word of a prompt, with its position.
   *
   * @param embeddings the names of the embeddings in the prompt; called only if needed
   */
  public static Stream<Problem> problems(
      ReadPrompt prompt, Options options, Supplier<Stream<String>> embeddings) {
    if (options.words().isEmpty()) {
      return Stream.empty();
    }
    KnownWords taught =
        KnownWords.of(options.words())
            .with(
                Stream.concat(
                    embeddings.get(),
                    options.loras().stream().flatMap(loras -> broughtBy(prompt, loras, options))));
    Map<String, Optional<String>> sentences = new HashMap<>();
    return PromptWords.of(prompt.tree()).stream()
        .filter(word -> !taught.has(word.text()))
        .limit(MOST)
        .flatMap(
            word ->
                sentences
                    .computeIfAbsent(word.text(), text -> taught.warning(Stream.of(text)))
                    .map(sentence -> new Problem(word.span(), false, sentence))
                    .stream());
  }

  private static Stream<String> broughtBy(ReadPrompt prompt, LoraLibrary loras, Options options) {
    return prompt.cut().networks().stream()
        .filter(network -> LoraTag.isKind(network.kind()))
        .limit(options.limits().loras())
        .flatMap(network -> found(network, loras).stream())
        .flatMap(UntaughtWords::broughtBy);
  }

  private static Optional<LoraAdapter> found(ExtraNetwork network, LoraLibrary loras) {
    try {
      return LoraTag.of(network).map(tag -> loras.find(tag.name()));
    } catch (PromptSyntaxException | LoraException e) {
      return Optional.empty(); // Reported with the other problems of the prompt.
    }
  }

  /** Returns the words that a LoRA was trained with, as far as its file lists them. */
  public static Stream<String> broughtBy(LoraAdapter lora) {
    return FileCaches.LORA_CARDS.trainedWith(lora).stream().map(TriggerWord::text);
  }
}
