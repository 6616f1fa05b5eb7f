package dev.sdlora.infotext;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.setting.FlowKeys;
import dev.sdlora.infotext.key.DetailKeys;
import dev.sdlora.infotext.key.ImageSettings;
import dev.sdlora.infotext.key.InfotextKeys;
import dev.sdlora.infotext.key.InfotextValues;
import dev.sdlora.infotext.key.PromptTexts;
import dev.sdlora.tensors.folder.HashIndex;
import dev.sdlora.tensors.weights.StoredFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Warns why an image made from the settings of another one will differ from it: compares the text
 * that the request was read from with the image being made.
 */
public final class Reproduction {
  /** Facts about the image or the program that do not affect the result. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "Version",
          "User",
          "Hashes",
          "Pad conds",
          ImageSettings.IMAGE_CFG_SCALE,
          "SDCPP",
          "Guidance",
          "TE",
          "Unet",
          "Time taken",
          ImageSettings.BATCH_SIZE,
          ImageSettings.BATCH_POS,
          "Template",
          "Negative Template",
          "Civitai resources",
          "Civitai metadata",
          DetailKeys.VERSION,
          "Downcast alphas_cumprod",
          "Cache FP16 weight for LoRA");

  /** Keys of images that were made from another image. */
  private static final Set<String> OF_ANOTHER_IMAGE =
      Set.of(
          "Denoising strength",
          "Init image hash",
          "Noise multiplier",
          "Extra noise",
          "Conditional mask weight");

  private static final Set<String> OF_A_MASK =
      Set.of("Mask mode", "Mask blur", "Inpaint area", "Masked area padding", "Masked content");

  private static final Set<String> COMPARED =
      Set.of(
          "Model hash",
          "Model",
          ImageSettings.VAE,
          ImageSettings.VAE_HASH,
          ImageSettings.REFINER,
          "Lora hashes",
          "TI hashes",
          ImageSettings.REGION_MASKS,
          FlowKeys.REFERENCES,
          ImageSettings.PRECISION,
          ImageSettings.DEVICE,
          ImageSettings.LOW_BITS);

  /** The formats that weights can be held in. */
  private static final Set<String> HELD_BITS =
      Arrays.stream(StoredFormat.values())
          .filter(format -> format != StoredFormat.BFLOAT16)
          .map(StoredFormat::label)
          .collect(Collectors.toSet());

  /** Values that do not name a format of weights. */
  private static final Set<String> DEFAULT_BITS = Set.of("", "Automatic", "float16");

  private static final Set<String> NO_VAE = Set.of("none", "automatic", "");

  private static final Pattern MODULE = Pattern.compile("Module \\d{1,6}");
  private static final Pattern CONTROL = Pattern.compile("ControlNet (\\d{1,6})");
  private static final Pattern HASHED = Pattern.compile("([^:,]+): ?([0-9a-fA-F]{8,64})");
  private static final Pattern TITLE = Pattern.compile("(.+) \\[([0-9a-fA-F]{8,64})\\]");
  private static final int MAX_NAMED = 12;
  private static final int MAX_SHOWN = 60;

  private final PromptSpec spec;
  private final Map<String, String> recorded;
  private final ImageSettings made;
  private final Checkpoint checkpoint;
  private final List<String> warnings = new ArrayList<>();

  private Reproduction(ImageSettings made, Checkpoint checkpoint) {
    this.spec = made.spec();
    this.recorded = spec.otherParameters();
    this.made = made;
    this.checkpoint = checkpoint;
  }

  /**
   * Returns one warning for each difference; none for a request that was not read from a text.
   *
   * @param made the image, with its request
   * @param checkpoint the checkpoint it is made with
   */
  public static List<String> warnings(ImageSettings made, Checkpoint checkpoint) {
    Reproduction reproduction = new Reproduction(made, checkpoint);
    if (!reproduction.recorded.isEmpty()) {
      reproduction.compare();
    }
    return reproduction.warnings;
  }

  private void compare() {
    compareProgram();
    compareModel();
    compareVae();
    compareModules();
    compareRefiner();
    compareComputation(ImageSettings.PRECISION, "float32", "in");
    compareComputation(ImageSettings.DEVICE, "cpu", "on");
    compareLowBits();
    compareHashes("Lora hashes", "LoRA");
    compareHashes("TI hashes", "embedding");
    compareMasks();
    missingEmbeddings();
    missingImages();
    warnOfUnusedSettings();
  }

  /** Compares behaviour that differs between programs, whatever the settings. */
  private void compareProgram() {
    String version = recorded("Version").orElse("");
    boolean weighs = PromptTexts.mention(spec, "(");
    if (weighs && (version.equals("ComfyUI") || version.startsWith("SwarmUI"))) {
      warnings.add(
          "the text is from %s, which weights words relative to an empty prompt; this library"
                  .formatted(cut(version))
              + " multiplies them (Emphasis: No norm), so weighted words may count a little"
              + " differently");
    } else if (weighs && version.startsWith("InvokeAI")) {
      warnings.add(
          "the text is from %s, which weights words by blending prompts; this library multiplies"
                  .formatted(cut(version))
              + " (Emphasis: No norm), so weighted words may count differently");
    } else if (version.startsWith("Fooocus")) {
      warnings.add(
          "the text is from %s, which applies its own sharpening and guidance at every step, so the"
                  .formatted(cut(version))
              + " image will be similar at best");
    } else if (version.equals("NovelAI")) {
      warnings.add(
          "the text is from NovelAI, which has models of its own, so the image will be similar at"
              + " best");
    }
    if (recorded(ImageSettings.BATCH_SIZE).isPresent() && version.equals("ComfyUI")) {
      warnings.add(
          "the text is from a ComfyUI batch, whose images share one seed; only the first of them"
              + " can be reproduced from the seed alone");
    }
  }

  private void compareModel() {
    Optional<String> hash = recorded("Model hash");
    Optional<String> name = recorded("Model");
    Optional<String> own = Optional.ofNullable(made.facts().get("Model hash"));
    boolean same;
    if (hash.isPresent() && own.isPresent()) {
      same =
          hash.get().equalsIgnoreCase(own.get())
              || (hash.get().length() != own.get().length()
                  && HashIndex.ofProcess().matches(hash.get(), checkpoint.path()));
    } else {
      same = name.isEmpty() || stem(name.get()).equalsIgnoreCase(stem(checkpoint.name()));
    }
    if (!same) {
      warnings.add(
          "the text was written for the model %s, but the checkpoint is %s"
              .formatted(model(name, hash), model(Optional.of(checkpoint.name()), own)));
    }
  }

  /** Compares hashes if both have one, otherwise names. */
  private void compareVae() {
    Optional<String> name = recorded(ImageSettings.VAE).filter(Reproduction::isVae);
    Optional<String> hash = recorded(ImageSettings.VAE_HASH).filter(Reproduction::isVae);
    Optional<String> ownName = Optional.ofNullable(made.facts().get(ImageSettings.VAE));
    Optional<String> ownHash = Optional.ofNullable(made.facts().get(ImageSettings.VAE_HASH));
    boolean same =
        (hash.isPresent() && ownHash.isPresent())
            ? hash.get().equalsIgnoreCase(ownHash.get())
            : name.isEmpty()
                || (ownName.isPresent() && stem(name.get()).equalsIgnoreCase(stem(ownName.get())));
    if (!same) {
      warnings.add(
          "the text was written with the VAE %s, but %s"
              .formatted(
                  model(name, hash),
                  ownName.isPresent()
                      ? "this image uses " + model(ownName, ownHash)
                      : "this image uses the checkpoint's own"));
    }
  }

  /** Compares the names of VAE and text encoders, which Forge writes in any order. */
  private void compareModules() {
    Set<String> own =
        made.facts().entrySet().stream()
            .filter(
                fact ->
                    fact.getKey().equals(ImageSettings.VAE)
                        || MODULE.matcher(fact.getKey()).matches())
            .map(fact -> stem(fact.getValue()).toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    recorded.forEach(
        (key, value) -> {
          if (MODULE.matcher(key).matches()
              && !own.contains(stem(value).toLowerCase(Locale.ROOT))) {
            warnings.add(
                "the text was written with '%s' as VAE or text encoder, but this image uses %s"
                    .formatted(
                        cut(value),
                        own.isEmpty()
                            ? "those of the checkpoint"
                            : own.stream()
                                .sorted()
                                .map(name -> "'" + name + "'")
                                .collect(Collectors.joining(" and "))));
          }
        });
  }

  /** Compares the hashes in brackets if both have one, otherwise the names before them. */
  private void compareRefiner() {
    Optional<String> then = recorded(ImageSettings.REFINER);
    Optional<String> now = Optional.ofNullable(made.facts().get(ImageSettings.REFINER));
    if (then.isPresent() && !now.map(own -> isSameTitle(then.get(), own)).orElse(false)) {
      warnings.add(
          "the text was written with the refiner '%s', but %s"
              .formatted(
                  cut(then.get()),
                  now.map(own -> "this image uses '" + cut(own) + "'")
                      .orElse("this image uses none")));
    }
  }

  private static boolean isSameTitle(String then, String now) {
    Matcher one = TITLE.matcher(then);
    Matcher other = TITLE.matcher(now);
    boolean hashed = one.matches() && other.matches();
    return hashed
        ? one.group(2).equalsIgnoreCase(other.group(2))
        : TITLE.matcher(then).replaceAll("$1").equals(TITLE.matcher(now).replaceAll("$1"));
  }

  private static boolean isVae(String name) {
    return !NO_VAE.contains(name.toLowerCase(Locale.ROOT));
  }

  private static String model(Optional<String> name, Optional<String> hash) {
    return name.map(text -> "'" + cut(text) + "'").orElse("")
        + hash.map(text -> (name.isPresent() ? " (hash " : "(hash ") + cut(text) + ")").orElse("");
  }

  /** Removes the extension; only stable-diffusion.cpp writes it. */
  private static String stem(String name) {
    return name.replaceFirst("\\.(safetensors|ckpt|pt|pth|gguf|bin)$", "");
  }

  /** Compares a fact that texts of this library leave out if it has its usual value. */
  private void compareComputation(String key, String usual, String preposition) {
    boolean own = recorded("Version").orElse("").startsWith("SD-LoRA");
    String then = recorded(key).orElse(own ? usual : "");
    String now = made.facts().getOrDefault(key, usual);
    if (!then.isEmpty() && !then.equals(now)) {
      warnings.add(
          "the text was written for %s, but the pipeline computes %s %s, so details may differ"
              .formatted(cut(then), preposition, now));
    }
  }

  /**
   * Compares the formats of weights. Without a name, or with Forge's {@code Automatic}, texts of
   * other programs say nothing about them.
   */
  private void compareLowBits() {
    String then =
        recorded(ImageSettings.LOW_BITS).map(text -> text.replace(" (fp16 LoRA)", "")).orElse("");
    String now = made.facts().getOrDefault(ImageSettings.LOW_BITS, "");
    boolean own = recorded("Version").orElse("").startsWith("SD-LoRA");
    if (then.equals(now) || (!own && DEFAULT_BITS.contains(then))) {
      return;
    }
    String held = now.isEmpty() ? "their precision" : now;
    if (!then.isEmpty() && !HELD_BITS.contains(then)) {
      warnings.add(
          "%s names no format that weights can be held in; the pipeline holds them in %s, so details may differ"
              .formatted(quoted(ImageSettings.LOW_BITS, then), held));
      return;
    }
    warnings.add(
        "the text was written for weights in %s, but the pipeline holds them in %s, so details may differ%s"
            .formatted(
                then.isEmpty() ? "their precision" : then,
                held,
                then.equals(StoredFormat.INT8.label())
                    ? "; WeightFormat.INT8 (--weights int8) holds them so"
                    : ""));
  }

  private void compareHashes(String key, String what) {
    Map<String, String> now = hashes(made.facts().getOrDefault(key, ""));
    hashes(recorded(key).orElse(""))
        .forEach(
            (name, hash) -> {
              String own = now.getOrDefault(name, hash);
              if (own.length() == hash.length() && !own.equalsIgnoreCase(hash)) {
                warnings.add(
                    "%s '%s' differs from the one in the metadata: hash %s, expected %s"
                        .formatted(what, cut(name), own, hash));
              }
            });
  }

  /** Compares the hashes of masks; missing masks have already been rejected. */
  private void compareMasks() {
    Map<String, String> now = hashes(made.facts().getOrDefault(ImageSettings.REGION_MASKS, ""));
    hashes(recorded(ImageSettings.REGION_MASKS).orElse(""))
        .forEach(
            (name, hash) -> {
              String own = now.get(name);
              if (own != null && !own.equalsIgnoreCase(hash)) {
                warnings.add(
                    "the text was written for another mask '%s' (hash %s), which is not stored in the text; the mask in the request has the hash %s"
                        .formatted(cut(name), hash, own));
              }
            });
  }

  private void missingEmbeddings() {
    Set<String> now = hashes(made.facts().getOrDefault("TI hashes", "")).keySet();
    String prompts =
        PromptTexts.all(spec).collect(Collectors.joining("\n")).toLowerCase(Locale.ROOT);
    hashes(recorded("TI hashes").orElse(""))
        .forEach(
            (name, hash) -> {
              if (!now.contains(name) && prompts.contains(name)) {
                warnings.add(
                    ("the text was written for the embedding '%s' (hash %s), which the pipeline"
                            + " does not have; its name was read as words")
                        .formatted(cut(name), hash));
              }
            });
  }

  private void missingImages() {
    boolean masked = recorded.keySet().stream().anyMatch(OF_A_MASK::contains);
    boolean fromImage = masked || recorded.keySet().stream().anyMatch(OF_ANOTHER_IMAGE::contains);
    if (fromImage && spec.imageToImage().isEmpty() && spec.hiresFix().isEmpty()) {
      warnings.add(
          "the text is from an image that was made from another image%s%s, which is not stored in the text; without it the request starts from noise"
              .formatted(
                  masked ? " and a mask" : "",
                  recorded("Denoising strength")
                      .map(strength -> " (img2img, denoising strength " + cut(strength) + ")")
                      .orElse(" (img2img)")));
    } else if (masked && spec.imageToImage().filter(i -> i.inpainting().isPresent()).isEmpty()) {
      warnings.add(
          "the text is from an image that was made with a mask, which is not stored in the text");
    }
    recorded(FlowKeys.REFERENCES)
        .filter(number -> !number.equals(made.facts().get(FlowKeys.REFERENCES)))
        .ifPresent(
            number ->
                warnings.add(
                    "the text is from an image made with reference images (%s), which are not stored in the text; the request has %s"
                        .formatted(cut(number), spec.referenceImages().size())));
    int units = spec.controlUnits().size() + spec.imagePrompts().size();
    recorded.forEach(
        (key, value) -> {
          Matcher control = CONTROL.matcher(key);
          if (control.matches() && Integer.parseInt(control.group(1)) >= units) {
            warnings.add(
                "the text is from an image made with ControlNet, whose control image is not stored"
                    + " in the text: "
                    + quoted(key, value));
          }
        });
  }

  private void warnOfUnusedSettings() {
    List<String> unknown = new ArrayList<>();
    recorded.forEach(
        (key, value) -> {
          if (isNotUnderstood(key, value)) {
            warnings.add(
                quoted(key, value)
                    + " is not understood; the request "
                    + InfotextKeys.written(key, made)
                        .map(now -> "has '" + cut(now) + "'")
                        .orElse("uses the default"));
          } else if (isUnknown(key, value)) {
            unknown.add(quoted(key, value));
          }
        });
    if (!unknown.isEmpty()) {
      int more = unknown.size() - MAX_NAMED;
      warnings.add(
          "the text has settings that have no effect here: "
              + String.join(", ", unknown.subList(0, Math.min(unknown.size(), MAX_NAMED)))
              + (more > 0 ? " and " + more + " more" : ""));
    }
  }

  /**
   * Whether a value is invalid: with a few exceptions, settings are kept as facts only if they
   * could not be parsed.
   */
  private static boolean isNotUnderstood(String key, String value) {
    return InfotextKeys.isSetting(key)
        && !OF_ANOTHER_IMAGE.contains(key)
        && !WITHOUT_EFFECT.contains(key)
        && !(key.equals("RNG") && value.equals("GPU"))
        && !(key.equals("First pass size") && value.equals("0x0"));
  }

  private boolean isUnknown(String key, String value) {
    return !InfotextKeys.isSetting(key)
        && !COMPARED.contains(key)
        && !WITHOUT_EFFECT.contains(key)
        && !OF_ANOTHER_IMAGE.contains(key)
        && !OF_A_MASK.contains(key)
        && !CONTROL.matcher(key).matches()
        && !MODULE.matcher(key).matches()
        && !(key.startsWith("VAE") && NO_VAE.contains(value.toLowerCase(Locale.ROOT)))
        && !(key.equals("Sampler RNG") && isRng(value));
  }

  /** Whether the noise of later steps also comes from the request's generator. */
  private boolean isRng(String value) {
    try {
      return InfotextValues.rng(value) == spec.rng();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Optional<String> recorded(String key) {
    return Optional.ofNullable(recorded.get(key)).filter(value -> !value.isBlank());
  }

  /** Parses a hash list; the names are converted to lower case. */
  private static Map<String, String> hashes(String list) {
    Map<String, String> hashes = new LinkedHashMap<>();
    Matcher entry = HASHED.matcher(list);
    while (entry.find()) {
      hashes.put(entry.group(1).strip().toLowerCase(Locale.ROOT), entry.group(2));
    }
    return hashes;
  }

  private static String quoted(String key, String value) {
    return "'" + cut(key) + ": " + cut(value) + "'";
  }

  private static String cut(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
