package dev.sdlora.pipeline.request;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.prompt.PromptExplanation.Options;
import dev.sdlora.api.prompt.PromptExplanation.Problem;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.pipeline.model.FileCaches;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.taught.KnownWords;
import dev.sdlora.prompt.taught.PromptWords;
import dev.sdlora.prompt.taught.PromptWords.Word;
import dev.sdlora.prompt.tree.Finding;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the words of prompts that a model was not taught. Applies to models that list the words of
 * their training; words of LoRAs and embeddings are known too.
 */
public final class UntaughtWords {
  /** The maximum number of unknown words that are marked in a prompt. */
  private static final int MOST = 100;

  /** Kinds whose beginnings are not words, because somebody is typing a tag. */
  private static final List<String> TAG_KINDS = List.of("lora", "lyco", "hypernet");

  private UntaughtWords() {}

  /** Returns the warning about all prompts of a request. */
  public static Optional<String> warning(
      Model model, List<PassPlan> passes, Stream<String> broughtWords) {
    if (model.texts().taughtWords().isEmpty()) {
      return Optional.empty();
    }
    KnownWords taught = model.texts().taughtWords().with(broughtWords);
    return taught.warning(
        passes.stream()
            .flatMap(pass -> Stream.of(pass.prompt(), pass.negative()))
            .flatMap(UntaughtWords::words)
            .map(Word::text));
  }

  /**
   * Returns the words that the LoRAs of passes were trained with, and the names of embeddings in
   * their prompts, before anything is drawn.
   */
  static Stream<String> brought(Model model, List<PassPlan> passes) {
    String texts =
        passes.stream()
            .flatMap(pass -> Stream.of(pass.prompt().text(), pass.negative().text()))
            .collect(Collectors.joining("\n"))
            .toLowerCase(Locale.ROOT);
    return Stream.concat(
        passes.stream()
            .flatMap(pass -> pass.loras().files().stream())
            .distinct()
            .flatMap(file -> broughtBy(LoraFiles.adapter(file))),
        model.texts().embeddings().list().stream()
            .map(Embedding::name)
            .filter(name -> texts.contains(name.toLowerCase(Locale.ROOT))));
  }

  /**
   * Returns a problem for each unknown word of a prompt, with its position. All have the sentence
   * that results have about the whole prompt.
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
    List<Word> words = words(prompt).toList();
    return taught.warning(words.stream().map(Word::text)).stream()
        .flatMap(
            sentence ->
                words.stream()
                    .filter(word -> !taught.has(word.text()))
                    .limit(MOST)
                    .map(word -> new Problem(word.span(), false, sentence)));
  }

  /** Returns the words of a prompt, without those of tags that are not finished or misspelled. */
  private static Stream<Word> words(ReadPrompt prompt) {
    List<Span> tags = prompt.mistakenTags().stream().map(Finding::span).toList();
    return PromptWords.of(prompt.tree()).stream()
        .filter(
            word ->
                tags.stream().noneMatch(tag -> contains(tag, word.span()))
                    && !beginsTag(prompt.written(), word));
  }

  private static boolean contains(Span tag, Span word) {
    return tag.start() <= word.start() && word.end() <= tag.end();
  }

  /** Whether a word is the beginning of a tag's kind, such as {@code <lo}. */
  private static boolean beginsTag(String written, Word word) {
    int start = word.span().start();
    return start > 0
        && written.charAt(start - 1) == '<'
        && TAG_KINDS.stream().anyMatch(kind -> kind.startsWith(word.text()));
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
