package dev.sdlora.pipeline;

import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.prompt.PromptExplanation.Encoded;
import dev.sdlora.api.prompt.PromptExplanation.Options;
import dev.sdlora.api.prompt.PromptExplanation.Part;
import dev.sdlora.api.prompt.PromptExplanation.Piece;
import dev.sdlora.api.prompt.PromptExplanation.Problem;
import dev.sdlora.api.prompt.PromptExplanation.Token;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.PromptNode.Kind;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.api.prompt.spi.PromptBackend;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.pipeline.lora.LoraTexts;
import dev.sdlora.pipeline.model.FileCaches;
import dev.sdlora.pipeline.request.PromptWarnings;
import dev.sdlora.pipeline.request.UntaughtWords;
import dev.sdlora.pipeline.wildcard.WildcardFolders;
import dev.sdlora.prompt.dynamic.DynamicTemplates;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.Limit;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.grammar.Subprompt;
import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.schedule.PromptSchedule;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.prompt.tokens.TokenChunk;
import dev.sdlora.prompt.tokens.TrainedWord;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.prompt.tree.PromptParser;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Explains how prompts are understood, with the same code as a generation. Created by {@link
 * java.util.ServiceLoader}.
 */
public final class LocalPrompts implements Backend.Prompts, PromptBackend {
  /** The tokens of a prompt that FLUX.1 [dev] and Chroma read. */
  private static final int T5_TOKENS = 512;

  @Override
  public Prompt parse(String text, PromptMode mode) {
    return switch (mode) {
      case A1111 -> PromptParser.parse(text);
      case STRICT -> {
        ReadPrompt read = read(text, Options.DEFAULT);
        read.refuseMistakes();
        yield read.tree();
      }
    };
  }

  private static ReadPrompt read(String text, Options options) {
    return ReadPrompt.of(
        text,
        options.negative(),
        true,
        options.loras().map(LocalPrompts::isName).orElse(name -> false));
  }

  /** Returns a test for names of LoRAs. The folders are scanned on first use. */
  private static Predicate<String> isName(LoraLibrary loras) {
    return new Predicate<>() {
      private @Nullable Set<String> known;

      @Override
      public boolean test(String name) {
        Set<String> names = known == null ? names(loras) : known;
        known = names;
        return names.contains(name);
      }
    };
  }

  private static Set<String> names(LoraLibrary loras) {
    return loras.list().stream()
        .flatMap(lora -> Stream.concat(Stream.of(lora.name()), lora.alias().stream()))
        .collect(Collectors.toSet());
  }

  /** Returns the problems with the LoRAs that a prompt names. */
  private static Stream<Problem> loraProblems(
      ReadPrompt read, LoraLibrary loras, PromptLimits limits) {
    return read.cut().networks().stream()
        .filter(network -> LoraTag.isKind(network.kind()))
        .limit(limits.loras())
        .flatMap(
            network -> {
              Span span = read.cut().spanOf(network);
              try {
                return LoraTag.of(network)
                    .filter(tag -> LoraTexts.isCalledUp(tag.strength()))
                    .flatMap(
                        tag ->
                            LoraTexts.of(loras.find(tag.name()), FileCaches.LORA_CARDS)
                                .missing(tag.name(), read.text()))
                    .map(sentence -> new Problem(span, false, sentence))
                    .stream();
              } catch (PromptSyntaxException e) {
                return Stream.empty(); // Reported with the syntax errors of the prompt.
              } catch (LoraException e) {
                return Stream.of(new Problem(span, true, String.valueOf(e.getMessage())));
              }
            });
  }

  @Override
  public PromptExplanation explain(String prompt, Options options) {
    PromptLimits limits = options.limits();
    Limit.check(prompt.length(), limits.characters(), "the prompt has", Limit.Unit.CHARACTERS);
    ReadPrompt read = read(prompt, options);
    ExtraNetworks networks = read.cut();
    TrainedWords words = words(options.embeddings());
    List<Part> parts = parts(networks.text(), options);
    List<String> texts = texts(parts).toList();
    Optional<QwenTexts> plain =
        Optional.of(options.family()).filter(QwenTexts::isReadBy).map(QwenTexts::new);
    return new PromptExplanation(
        prompt,
        networks.text(),
        tags(prompt, networks),
        plain.isPresent()
            ? QwenTexts.plain(networks.text())
            : pieces(Attention.parse(networks.text())),
        parts,
        texts.stream()
            .map(
                text -> {
                  if (T5Texts.isReadBy(options.family())) {
                    return T5Texts.encode(text, T5_TOKENS, limits);
                  }
                  return plain
                      .map(family -> family.encode(text))
                      .orElseGet(() -> encode(text, words, limits));
                })
            .toList(),
        Stream.of(
                PromptWarnings.of(read, passes(options)).stream(),
                plain.stream().flatMap(family -> family.problems(read.tree(), texts).stream()),
                options.loras().stream().flatMap(loras -> loraProblems(read, loras, limits)),
                UntaughtWords.problems(read, options, () -> named(texts, words, limits)))
            .flatMap(problems -> problems)
            .toList());
  }

  @Override
  public String draw(String template, long seed, DynamicPrompts dynamic) {
    return new DynamicTemplates(new WildcardFolders(dynamic), PromptLimits.DEFAULTS)
        .draw(template, seed, false);
  }

  private static TrainedWords words(List<Embedding> embeddings) {
    return TrainedWords.of(
        embeddings.stream().map(LocalPrompts::withoutNumbers).toList(), ClipTokenizer.standard());
  }

  private static List<TokenChunk> chunks(
      List<WeightedText> attention, TrainedWords words, PromptLimits limits) {
    return Chunks.of(
        attention, ClipTokenizer.standard(), Chunks.DEFAULT_COMMA_BACKTRACK, words, limits);
  }

  /** Returns the names of the embeddings in texts. */
  private static Stream<String> named(List<String> texts, TrainedWords words, PromptLimits limits) {
    return texts.stream()
        .flatMap(text -> chunks(Attention.parse(text), words, limits).stream())
        .flatMap(chunk -> chunk.trained().stream())
        .map(trained -> trained.word().name());
  }

  private static TrainedWord withoutNumbers(Embedding embedding) {
    return new TrainedWord(embedding.name(), embedding.vectors(), List.of(new float[0]));
  }

  private static List<Part> parts(String text, Options options) {
    List<Subprompt> parts =
        options.negative()
            ? List.of(new Subprompt(text, 1, 0, text.length()))
            : Subprompt.split(text, options.limits());
    List<SortedMap<Integer, String>> schedules =
        passes(options).stream().flatMap(pass -> schedules(text, pass, options).stream()).toList();
    List<Part> explained = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Subprompt part = parts.get(i);
      SortedMap<Integer, String> hires =
          options.hiresSteps().isEmpty() ? new TreeMap<>() : schedules.get(parts.size() + i);
      explained.add(new Part(part.text(), part.weight(), schedules.get(i), hires));
    }
    return explained;
  }

  private static List<PromptSteps> passes(Options options) {
    List<PromptSteps> passes = new ArrayList<>(List.of(PromptSteps.first(options.steps())));
    options.hiresSteps().ifPresent(to -> passes.add(PromptSteps.second(to, options.steps())));
    return passes;
  }

  /** Returns the schedule of each part of a text. */
  private static List<SortedMap<Integer, String>> schedules(
      String text, PromptSteps pass, Options options) {
    Stream<PromptSchedule> schedules =
        options.negative()
            ? Stream.of(PromptSchedule.of(text, pass, options.limits()))
            : PromptSchedule.ofParts(text, pass, options.limits()).stream()
                .map(PromptSchedule.Weighted::schedule);
    return schedules.map(LocalPrompts::byLastStep).toList();
  }

  private static SortedMap<Integer, String> byLastStep(PromptSchedule schedule) {
    SortedMap<Integer, String> texts = new TreeMap<>();
    schedule.entries().forEach(entry -> texts.put(entry.end(), entry.text()));
    return texts;
  }

  private static Stream<String> texts(List<Part> parts) {
    return parts.stream()
        .flatMap(
            part ->
                Stream.concat(part.schedule().values().stream(), part.hires().values().stream()))
        .distinct();
  }

  private static Encoded encode(String text, TrainedWords words, PromptLimits limits) {
    List<WeightedText> attention = Attention.parse(text);
    List<TokenChunk> chunks = chunks(attention, words, limits);
    return new Encoded(text, pieces(attention), chunks.stream().map(LocalPrompts::tokens).toList());
  }

  private static List<Piece> pieces(List<WeightedText> pieces) {
    return pieces.stream().map(piece -> new Piece(piece.text(), piece.weight())).toList();
  }

  private static List<PromptNode> tags(String prompt, ExtraNetworks cut) {
    return cut.cuts().stream()
        .filter(span -> prompt.charAt(span.start()) == '<')
        .map(span -> new PromptNode(Kind.TAG, span, prompt.substring(span.start(), span.end())))
        .toList();
  }

  private static List<Token> tokens(TokenChunk chunk) {
    int[] ids = chunk.ids();
    float[] weights = chunk.weights();
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      tokens.add(new Token(ids[i], ClipTokenizer.standard().decode(ids[i]), weights[i]));
    }
    for (TokenChunk.Trained trained : chunk.trained()) {
      TrainedWord word = trained.word();
      for (int i = 0; i < word.vectors(); i++) {
        int at = trained.position() + i;
        String text = word.name() + " " + (i + 1) + "/" + word.vectors();
        tokens.set(at, new Token(ids[at], text, weights[at]));
      }
    }
    return tokens;
  }
}
