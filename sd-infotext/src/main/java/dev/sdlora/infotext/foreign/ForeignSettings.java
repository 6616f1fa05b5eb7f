package dev.sdlora.infotext.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Emphasis;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings of another program under A1111's names. Settings that A1111 has no name for are
 * stored under the program's name and their own. Not safe for use by several threads.
 */
public final class ForeignSettings {
  /** The maximum number of settings without an A1111 name; a graph may have thousands of nodes. */
  private static final int MAX_REST = 64;

  private static final int MAX_SHOWN = 300;
  private static final int MAX_KEY = 60;
  private static final double LARGE = 1e15;

  private static final Pattern NO_KEY = Pattern.compile("[^\\w -]+");
  private static final Pattern NO_NAME = Pattern.compile("[:<>#\\r\\n]");
  private static final Pattern ENDING =
      Pattern.compile("(?i)\\.(safetensors|sft|ckpt|pth?|bin|gguf)$");
  private static final Pattern FLUX1 = Pattern.compile("(?i)flux(?![._ -]?2)");
  private static final Pattern SHA256 = Pattern.compile("(?:0x|sha256:)?([0-9a-fA-F]{8,64})");

  private final String program;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final StringBuilder tags = new StringBuilder();
  private final StringBuilder loraHashes = new StringBuilder();
  private String prompt = "";
  private String negativePrompt = "";
  private int rest;

  ForeignSettings(String program) {
    this.program = program;
  }

  /** Returns the program's name without its version. */
  public String program() {
    return program;
  }

  /** Returns the prompt in A1111's syntax, including LoRA tags. */
  public String prompt() {
    return (prompt + (prompt.isEmpty() || tags.isEmpty() ? "" : " ") + tags).strip();
  }

  /** Returns the negative prompt in A1111's syntax. */
  public String negativePrompt() {
    return negativePrompt.strip();
  }

  /** Returns all other settings, by A1111's keys or the program's own. */
  public Map<String, String> settings() {
    return Collections.unmodifiableMap(settings);
  }

  void prompts(String positive, String negative) {
    this.prompt = positive;
    this.negativePrompt = negative;
  }

  /** Sets the hires fix prompts that differ from the main ones. */
  void hiresPrompts(String positive, String negative) {
    if (!positive.strip().equals(prompt.strip())) {
      set("Hires prompt", positive + (tags.isEmpty() ? "" : " " + tags));
    }
    if (!negative.strip().equals(negativePrompt.strip())) {
      set("Hires negative prompt", negative);
    }
  }

  /** Sets a value, unless it is blank. */
  void set(String key, String value) {
    if (!value.isBlank()) {
      settings.put(key, value.strip());
    }
  }

  /** Sets a value if it is a number, text or boolean. */
  void set(String key, JsonNode value) {
    scalar(value).ifPresent(text -> set(key, text));
  }

  /** Sets a size, unless a side is missing. */
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

  /** Stores a setting that A1111 has no name for, shortened. */
  void rest(String key, String value) {
    if (!value.isBlank() && rest < MAX_REST) {
      rest++;
      String name = NO_KEY.matcher(key).replaceAll(" ").strip();
      settings.put(program + " " + cut(name, MAX_KEY), cut(value.strip(), MAX_SHOWN));
    }
  }

  /** Stores a value that A1111 has no name for; objects and lists as JSON. */
  void rest(String key, JsonNode value) {
    boolean empty =
        value.isMissingNode() || value.isNull() || (value.isContainerNode() && value.isEmpty());
    if (!empty) {
      rest(key, scalar(value).orElseGet(value::toString));
    }
  }

  /** Stores all fields of an object except the known ones. */
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

  /** Sets the name and hash of the model. */
  void model(String file, String hash) {
    set("Model hash", hash(hash));
    set("Model", stem(file));
  }

  /** Sets the VAE, if it was not the model's own. */
  void vae(String file) {
    set("VAE", fileName(file));
  }

  /**
   * Adds a LoRA as a tag of the prompt.
   *
   * @param hash the file's hash in the program's notation, or an empty string
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
   * Sets what applies to every program that generates like ComfyUI: CPU noise, no normalisation
   * after weighting, and encoding of an empty negative prompt.
   */
  void likeComfy() {
    set("RNG", "CPU");
    if (negativePrompt.isBlank()) {
      set("Empty negative", "encoded");
    }
    emphasis();
  }

  /**
   * If the model is FLUX.1, sets the length to which ComfyUI pads the texts of T5 for it. Called
   * after the model and the distilled guidance are set, which tell FLUX.1 too.
   *
   * @param signs other names that tell that it is FLUX.1
   */
  void t5OfComfy(Stream<String> signs) {
    boolean isFlux1 =
        Stream.concat(signs, Stream.of(get("Model"))).anyMatch(name -> FLUX1.matcher(name).find());
    if (isFlux1 || has("Distilled CFG Scale")) {
      set("T5 tokens", "256");
    }
  }

  /** If the prompts have weights, sets emphasis without normalisation. */
  void emphasis() {
    if ((prompt + negativePrompt).contains("(")) {
      set("Emphasis", Emphasis.NO_NORM.label());
    }
  }

  /** Returns the digits of a SHA-256 hash; empty for other hashes. */
  private static String hash(String text) {
    Matcher digits = SHA256.matcher(text.strip());
    return digits.matches() ? digits.group(1).toLowerCase(Locale.ROOT) : "";
  }

  /** Returns a file's name without folders, for any path separator. */
  static String fileName(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).strip();
  }

  /** Returns a file's name without folders and without the extension of weight files. */
  static String stem(String path) {
    return ENDING.matcher(fileName(path)).replaceFirst("");
  }

  /** Returns a text, a number as A1111 writes it, or a boolean as Python writes it. */
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

  /** Formats integers without a decimal point, other numbers without an exponent. */
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
