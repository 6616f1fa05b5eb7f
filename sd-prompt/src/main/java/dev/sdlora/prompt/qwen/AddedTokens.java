package dev.sdlora.prompt.qwen;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tokens outside the vocabulary, mostly control tokens. They are recognized by their names
 * anywhere in a text, before it is normalized; where several begin, the longest wins. Immutable.
 */
final class AddedTokens {
  static final String PADDING = "<|endoftext|>";
  static final String START = "<|im_start|>";
  static final String END = "<|im_end|>";

  /** Those of Qwen3, in the order of their ids, which follow the vocabulary. */
  private static final List<String> STANDARD =
      List.of(
          PADDING,
          START,
          END,
          "<|object_ref_start|>",
          "<|object_ref_end|>",
          "<|box_start|>",
          "<|box_end|>",
          "<|quad_start|>",
          "<|quad_end|>",
          "<|vision_start|>",
          "<|vision_end|>",
          "<|vision_pad|>",
          "<|image_pad|>",
          "<|video_pad|>",
          "<tool_call>",
          "</tool_call>",
          "<|fim_prefix|>",
          "<|fim_middle|>",
          "<|fim_suffix|>",
          "<|fim_pad|>",
          "<|repo_name|>",
          "<|file_sep|>",
          "<tool_response>",
          "</tool_response>",
          "<think>",
          "</think>");

  private final Map<String, Integer> ids;
  private final Map<Integer, String> names = new HashMap<>();
  private final Pattern anyName;

  /** Creates tokens with these ids; their names are not empty. */
  AddedTokens(Map<String, Integer> ids) {
    this.ids = Map.copyOf(ids);
    this.ids.forEach((name, id) -> names.put(id, name));
    this.anyName =
        Pattern.compile(
            ids.keySet().stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
  }

  /** Returns the tokens of Qwen3, with ids from {@code first} on. */
  static AddedTokens standard(int first) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    STANDARD.forEach(name -> ids.put(name, first + ids.size()));
    return new AddedTokens(ids);
  }

  /** Passes on the ids of the tokens named in a text, and the pieces of text between them. */
  void cut(String text, IntConsumer id, Consumer<String> piece) {
    int from = 0;
    Matcher matcher = anyName.matcher(text);
    while (matcher.find()) {
      piece.accept(text.substring(from, matcher.start()));
      id.accept(ids.getOrDefault(matcher.group(), 0));
      from = matcher.end();
    }
    piece.accept(text.substring(from));
  }

  OptionalInt id(String name) {
    Integer id = ids.get(name);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  Optional<byte[]> bytes(int id) {
    return Optional.ofNullable(names.get(id)).map(name -> name.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the highest id, plus 1. */
  int size() {
    return ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
  }
}
