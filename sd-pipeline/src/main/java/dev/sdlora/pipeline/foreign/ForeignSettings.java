package dev.sdlora.pipeline.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.EmptyNegativePrompt;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of another program by the names that A1111 has for them. What it has none for stands
 * under the program's name and its own. Not safe for use by several threads.
 */
public final class ForeignSettings {
  /** Of what has no name in A1111; a graph may have thousands of nodes. */
  private static final int MAX_REST = 64;

  private static final int MAX_SHOWN = 300;
  private static final int MAX_KEY = 60;
  private static final double LARGE = 1e15;

  private static final Pattern NO_KEY = Pattern.compile("[^\\w -]+");
  private static final Pattern NO_NAME = Pattern.compile("[:<>#\\r\\n]");
  private static final Pattern ENDING =
      Pattern.compile("(?i)\\.(safetensors|sft|ckpt|pth?|bin|gguf)$");
  private static final Pattern SHA256 = Pattern.compile("(?:0x|sha256:)?([0-9a-fA-F]{8,64})");

  private final String program;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final StringBuilder tags = new StringBuilder();
  private final StringBuilder loraHashes = new StringBuilder();
  private String prompt = "";
  private String negativePrompt = "";
  private int rest;

  /** Settings of a program. */
  ForeignSettings(String program) {
    this.program = program;
  }

  /** The program's name without its version. */
  public String program() {
    return program;
  }

  /** The prompt in A1111's syntax, LoRA tags included. */
  public String prompt() {
    return (prompt + (prompt.isEmpty() || tags.isEmpty() ? "" : " ") + tags).strip();
  }

  /** The negative prompt in A1111's syntax. */
  public String negativePrompt() {
    return negativePrompt.strip();
  }

  /** All else, by A1111's keys or the program's own. */
  public Map<String, String> settings() {
    return Collections.unmodifiableMap(settings);
  }

  void prompts(String positive, String negative) {
    this.prompt = positive;
    this.negativePrompt = negative;
  }

  /** The prompts of hires fix, if they are others. */
  void hiresPrompts(String positive, String negative) {
    if (!positive.strip().equals(prompt.strip())) {
      set("Hires prompt", positive + (tags.isEmpty() ? "" : " " + tags));
    }
    if (!negative.strip().equals(negativePrompt.strip())) {
      set("Hires negative prompt", negative);
    }
  }

  /** Sets a value; empty ones say nothing. */
  void set(String key, String value) {
    if (!value.isBlank()) {
      settings.put(key, value.strip());
    }
  }

  /** Sets a number or a text, if it is one. */
  void set(String key, JsonNode value) {
    scalar(value).ifPresent(text -> set(key, text));
  }

  /** Sets both sides of something. */
  void size(String key, JsonNode width, JsonNode height) {
    if (width.asLong() > 0 && height.asLong() > 0) {
      set(key, width.asLong() + "x" + height.asLong());
    }
  }

  boolean has(String key) {
    return settings.containsKey(key);
  }

  String get(String key) {
    return settings.getOrDefault(key, "");
  }

  /** Keeps what A1111 has no name for, shortened. */
  void rest(String key, String value) {
    if (!value.isBlank() && rest < MAX_REST) {
      rest++;
      String name = NO_KEY.matcher(key).replaceAll(" ").strip();
      settings.put(program + " " + cut(name, MAX_KEY), cut(value.strip(), MAX_SHOWN));
    }
  }

  /** Keeps a value that A1111 has no name for; objects and lists as JSON. */
  void rest(String key, JsonNode value) {
    boolean empty =
        value.isMissingNode() || value.isNull() || (value.isContainerNode() && value.isEmpty());
    if (!empty) {
      rest(key, scalar(value).orElseGet(value::toString));
    }
  }

  /** Keeps all fields of an object but some. */
  void restOf(JsonNode object, Collection<String> known) {
    object
        .properties()
        .forEach(
            field -> {
              if (!known.contains(field.getKey())) {
                rest(field.getKey(), field.getValue());
              }
            });
  }

  /** Names the model. */
  void model(String file, String hash) {
    set("Model hash", hash(hash));
    set("Model", stem(file));
  }

  /** Names the VAE that was not the model's own. */
  void vae(String file) {
    set("VAE", fileName(file));
  }

  /**
   * Adds a LoRA as a tag of the prompt.
   *
   * @param hash of the file as the program tells it, or nothing
   */
  void lora(String file, double textEncoder, double unet, String hash) {
    String name = NO_NAME.matcher(stem(file)).replaceAll("_").strip();
    if (name.isEmpty() || !Double.isFinite(textEncoder) || !Double.isFinite(unet)) {
      return;
    }
    tags.append(tags.isEmpty() ? "" : " ").append("<lora:").append(name).append(':');
    tags.append(number(textEncoder));
    tags.append(textEncoder == unet ? "" : ":" + number(unet)).append('>');
    String digits = hash(hash);
    if (!digits.isEmpty()) {
      loraHashes.append(loraHashes.isEmpty() ? "" : ", ");
      loraHashes.append(name.replace(",", "")).append(": ").append(digits);
      settings.put("Lora hashes", loraHashes.toString());
    }
  }

  /**
   * Says what holds for all that draws as ComfyUI does: noise of the processor, weights that are
   * not levelled afterwards, and a negative prompt that is encoded even if it is empty.
   */
  void likeComfy() {
    set("RNG", "CPU");
    if (negativePrompt.isBlank()) {
      set("Empty negative", EmptyNegativePrompt.ENCODED.name().toLowerCase(Locale.ROOT));
    }
    emphasis();
  }

  /** Weights multiply and nothing is levelled, as far as there are weights. */
  void emphasis() {
    if ((prompt + negativePrompt).contains("(")) {
      set("Emphasis", Emphasis.NO_NORM.label());
    }
  }

  /** The digits of a hash, of a SHA-256 as many as A1111 writes; nothing for other hashes. */
  private static String hash(String text) {
    Matcher digits = SHA256.matcher(text.strip());
    return digits.matches() ? digits.group(1).toLowerCase(Locale.ROOT) : "";
  }

  /** A file's name without folders, whatever divides them. */
  static String fileName(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).strip();
  }

  /** A file's name without folders and the ending that files with weights have. */
  static String stem(String path) {
    return ENDING.matcher(fileName(path)).replaceFirst("");
  }

  /** A text, a number as A1111 would write it, or a truth as Python would. */
  static Optional<String> scalar(JsonNode value) {
    if (value.isTextual()) {
      return Optional.of(value.textValue());
    }
    if (value.isBoolean()) {
      return Optional.of(value.booleanValue() ? "True" : "False");
    }
    if (value.isIntegralNumber()) {
      return Optional.of(value.asText());
    }
    return value.isNumber() ? Optional.of(number(value.doubleValue())) : Optional.empty();
  }

  /** Whole numbers without a point, others without an exponent. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    return value == Math.rint(value) && Math.abs(value) < LARGE
        ? Long.toString((long) value)
        : new BigDecimal(Double.toString(value)).toPlainString();
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }
}
