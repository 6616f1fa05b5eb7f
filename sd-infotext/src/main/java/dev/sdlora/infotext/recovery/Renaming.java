package dev.sdlora.infotext.recovery;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.LoraTag;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Replaces names in the prompts of a request with those of local files. */
final class Renaming {
  private final Map<String, String> loras = new LinkedHashMap<>();
  private final Map<String, String> embeddings = new LinkedHashMap<>();

  /** Renames a LoRA. */
  void lora(String before, String now) {
    loras.put(before, now);
  }

  /** Renames an embedding. */
  void embedding(String before, String now) {
    embeddings.put(before, now);
  }

  /** Returns the distinct names of all LoRA tags in the prompts of a request. */
  static Set<String> lorasOf(PromptSpec spec) {
    Set<String> names = new LinkedHashSet<>();
    prompts(spec)
        .flatMap(prompt -> ExtraNetworks.cut(prompt).networks().stream())
        .filter(tag -> LoraTag.isKind(tag.kind()) && !tag.positional().isEmpty())
        .map(tag -> tag.positional().get(0).strip())
        .filter(name -> !name.isEmpty())
        .forEach(names::add);
    return names;
  }

  /** Returns all prompts of a request. */
  static Stream<String> prompts(PromptSpec spec) {
    return Stream.of(
            Stream.of(spec.prompt(), spec.negativePrompt()),
            spec.hiresFix().stream()
                .flatMap(hires -> Stream.of(hires.prompt(), hires.negativePrompt()))
                .flatMap(Optional::stream),
            spec.detailPasses().stream()
                .flatMap(pass -> Stream.of(pass.prompt(), pass.negativePrompt())))
        .flatMap(prompts -> prompts);
  }

  /** Whether a text contains a name as a separate word, ignoring case. */
  static boolean isIn(String text, String name) {
    return word(name).matcher(text).find();
  }

  private static Pattern word(String name) {
    return Pattern.compile(
        "(?<![\\p{L}\\p{N}_])" + Pattern.quote(name) + "(?![\\p{L}\\p{N}_])",
        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /** Returns the request with new names, also in its hash lists. */
  PromptSpec of(PromptSpec spec) {
    if (loras.isEmpty() && embeddings.isEmpty()) {
      return spec;
    }
    PromptSpec.Builder renamed =
        spec.toBuilder()
            .prompt(prompt(spec.prompt()))
            .negativePrompt(prompt(spec.negativePrompt()))
            .otherParameters(renamed(spec.otherParameters()));
    spec.hiresFix().ifPresent(hires -> renamed.hiresFix(hires(hires)));
    renamed.noDetailPasses();
    for (DetailPass pass : spec.detailPasses()) {
      renamed.detailPass(
          pass.toBuilder()
              .prompt(prompt(pass.prompt()))
              .negativePrompt(prompt(pass.negativePrompt()))
              .build());
    }
    return renamed.build();
  }

  private HiresFix hires(HiresFix hires) {
    HiresFix.Builder renamed = hires.toBuilder();
    hires.prompt().ifPresent(text -> renamed.prompt(prompt(text)));
    hires.negativePrompt().ifPresent(text -> renamed.negativePrompt(prompt(text)));
    return renamed.build();
  }

  /** Renames LoRAs in tags and embeddings between tags; everything else stays as it is. */
  private String prompt(String prompt) {
    StringBuilder text = new StringBuilder();
    int copied = 0;
    List<ExtraNetwork> tags = ExtraNetworks.cut(prompt).networks();
    for (ExtraNetwork tag : tags) {
      int end = prompt.indexOf('>', tag.offset()) + 1;
      text.append(words(prompt.substring(copied, tag.offset())));
      text.append(tag(tag, prompt.substring(tag.offset(), end)));
      copied = end;
    }
    return text.append(words(prompt.substring(copied))).toString();
  }

  private String tag(ExtraNetwork tag, String written) {
    if (!LoraTag.isKind(tag.kind()) || tag.positional().isEmpty()) {
      return written;
    }
    String name = tag.positional().get(0);
    String now = loras.get(name.strip());
    int at = written.indexOf(name, tag.kind().length() + 2);
    return now == null || at < 0
        ? written
        : written.substring(0, at) + now + written.substring(at + name.length());
  }

  private String words(String text) {
    String renamed = text;
    for (Map.Entry<String, String> name : embeddings.entrySet()) {
      renamed =
          word(name.getKey())
              .matcher(renamed)
              .replaceAll(Matcher.quoteReplacement(name.getValue()));
    }
    return renamed;
  }

  private Map<String, String> renamed(Map<String, String> parameters) {
    Map<String, String> renamed = new LinkedHashMap<>(parameters);
    renamed.computeIfPresent(NamedFiles.LORAS, (key, list) -> list(list, loras));
    renamed.computeIfPresent(NamedFiles.EMBEDDINGS, (key, list) -> list(list, embeddings));
    return renamed;
  }

  private static String list(String list, Map<String, String> names) {
    UnaryOperator<String> plain = name -> name.replaceAll("[:,]", "");
    String renamed = list;
    for (Map.Entry<String, String> name : names.entrySet()) {
      renamed =
          Pattern.compile("(^|,\\s*)" + Pattern.quote(plain.apply(name.getKey())) + "(?=:)")
              .matcher(renamed)
              .replaceAll("$1" + Matcher.quoteReplacement(plain.apply(name.getValue())));
    }
    return renamed;
  }
}
