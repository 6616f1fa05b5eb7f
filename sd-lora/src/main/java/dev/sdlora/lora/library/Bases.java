package dev.sdlora.lora.library;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.family.Base;
import dev.sdlora.tensors.file.FileHashes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Detects the base model, within its family, that a LoRA was trained on or a checkpoint derives
 * from. Hashes of the published bases take precedence over names, the name of the checkpoint used
 * in training over the statement of a model site ("baseModel", with values from a list at Civitai),
 * and that over titles and tags. {@code ss_base_model_version} and {@code modelspec.architecture}
 * identify the family at best: kohya's trainer writes {@code sd_v1}, {@code sd_v2}, {@code sd_v2_v}
 * and {@code sdxl_base_v1-0}, the last for every model derived from SDXL.
 */
public final class Bases {
  /** The first digits of the SHA-256, as A1111 shows them, and the older hashes of 8 digits. */
  private static final Map<String, Base> HASHES =
      Map.ofEntries(
          Map.entry("6ce0161689", Base.SD1),
          Map.entry("cc6cb27103", Base.SD1),
          Map.entry("81761151", Base.SD1),
          Map.entry("d7049739", Base.SD1),
          Map.entry("e1441589a6", Base.SD1),
          Map.entry("a9263745", Base.SD1),
          Map.entry("89d59c3dde", Base.ANIME),
          Map.entry("925997e9", Base.ANIME),
          Map.entry("ad2a33c361", Base.SD2),
          Map.entry("dcd690123c", Base.SD2),
          Map.entry("31e35c80fc", Base.SDXL),
          Map.entry("e6bb9ea85b", Base.SDXL),
          Map.entry("67ab2fd8ec", Base.PONY));

  private static final int SHORT_HASH = 10;

  /** The number of characters of a name that are examined. */
  private static final int LONGEST_NAME = 300;

  /**
   * Words in names, the most specific first: a NoobAI model may also have Illustrious in its name,
   * and a Turbo model based on Pony counts as Pony.
   */
  private static final List<Spelling> SPELLINGS =
      List.of(
          spelling(Base.NOOBAI, "noob"),
          spelling(Base.ILLUSTRIOUS, "illustrious|illumi|\\bilxl|\\bil ?v?\\d"),
          spelling(Base.PONY, "pony|\\bpdxl\\b|\\bpd ?v6\\b"),
          spelling(Base.TURBO, "turbo"),
          spelling(Base.LIGHTNING, "lightning"),
          spelling(Base.HYPER, "\\bhyper\\b|hypersd"),
          spelling(Base.LCM, "\\blcm\\b"),
          spelling(
              Base.ANIME,
              "animefull|novelai|\\bnai\\b|animesfw|anything|anylora|abyssorange|\\baom\\d|counterfeit"),
          spelling(
              Base.SDXL, "^sd ?xl( (v ?)?(0 9|1 0|1))?$|^sd ?xl base|stable diffusion xl base"),
          spelling(Base.SD2, "^(sd ?)?v?2 ?(0|1)\\b|stable diffusion (v ?)?2"),
          spelling(Base.SD1, "^(sd ?)?v?1 ?(4|5)\\b|^sd1[45]\\b|stable diffusion (v ?)?1"));

  private record Spelling(Base base, Pattern words) {}

  private static Spelling spelling(Base base, String words) {
    return new Spelling(base, Pattern.compile(words));
  }

  private Bases() {}

  /**
   * A base and the evidence for it.
   *
   * @param base the base; {@link Base#UNKNOWN} if there is no evidence
   * @param sign a sentence for users
   */
  public record Sign(Base base, String sign) {}

  /**
   * Detects the base of a LoRA.
   *
   * @param family the LoRA's family, which must be that of the base
   * @param metadata the metadata of its file
   * @param sidecars the reader of the notes next to it
   */
  static Sign ofLora(
      Path lora, ModelFamily family, Map<String, String> metadata, Sidecars sidecars) {
    return hash(metadata, "ss_new_sd_model_hash")
        .or(() -> hash(metadata, "ss_sd_model_hash"))
        .or(() -> named(metadata, "ss_sd_model_name"))
        .or(() -> sidecars.downloaded(lora).checkpoint().flatMap(name -> signOf("baseModel", name)))
        .or(() -> named(metadata, "modelspec.title"))
        .or(() -> named(metadata, "modelspec.tags"))
        .or(() -> named(metadata, "ss_output_name"))
        .or(() -> trainingTags(metadata))
        .filter(sign -> fits(sign.base, family))
        .orElseGet(() -> familyOnly(metadata));
  }

  /**
   * Detects the base of a checkpoint.
   *
   * @param path its file or folder
   */
  static Sign ofCheckpoint(Path path, ModelFamily family, Sidecars sidecars) {
    return Optional.of(path)
        .filter(Files::isRegularFile)
        .map(FileHashes::legacy)
        .flatMap(hash -> hash("its legacy hash", hash))
        .or(() -> sidecars.downloaded(path).checkpoint().flatMap(name -> signOf("baseModel", name)))
        .or(() -> signOf("its name", String.valueOf(path.getFileName())))
        .filter(sign -> fits(sign.base, family))
        .orElseGet(() -> new Sign(Base.UNKNOWN, "its name does not identify a base"));
  }

  /** The base with this hash, which may be full or shortened. */
  private static Optional<Sign> hash(String what, String hash) {
    String digits = hash.toLowerCase(Locale.ROOT);
    return Stream.of(digits, digits.substring(0, Math.min(SHORT_HASH, digits.length())))
        .flatMap(known -> Stream.ofNullable(HASHES.get(known)))
        .findFirst()
        .map(
            base -> new Sign(base, "%s is %s, the hash of %s".formatted(what, hash, base.label())));
  }

  private static Optional<Sign> hash(Map<String, String> metadata, String key) {
    return TrainingFacts.text(metadata, key).flatMap(hash -> hash(key, hash));
  }

  private static Optional<Sign> named(Map<String, String> metadata, String key) {
    return TrainingFacts.text(metadata, key).flatMap(name -> signOf(key, name));
  }

  private static Optional<Sign> signOf(String what, String name) {
    return byName(name).map(base -> new Sign(base, "%s is '%s'".formatted(what, name)));
  }

  /** Detects the base from the name of a model, such as a file's or Civitai's. */
  static Optional<Base> byName(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    String stem =
        last.substring(0, Math.min(LONGEST_NAME, last.length()))
            .replaceFirst("(?i)\\.(safetensors|ckpt|pt)$", "");
    String words =
        stem.replaceAll("(?<=[a-z])(?=[A-Z])", " ")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", " ")
            .strip();
    String joined = words.replace(" ", "");
    return SPELLINGS.stream()
        .filter(
            spelling ->
                spelling.words.matcher(words).find() || spelling.words.matcher(joined).find())
        .map(Spelling::base)
        .findFirst();
  }

  /** Pony's captions begin with scores that are unique to it. */
  private static Optional<Sign> trainingTags(Map<String, String> metadata) {
    Predicate<String> isThere = metadata.getOrDefault("ss_tag_frequency", "")::contains;
    return Stream.of("score_9", "score_8_up", "source_anime", "source_pony")
        .filter(isThere)
        .findFirst()
        .map(tag -> new Sign(Base.PONY, "its training tags contain '" + tag + "'"));
  }

  private static boolean fits(Base base, ModelFamily family) {
    return base.family() == ModelFamily.UNKNOWN
        || family == ModelFamily.UNKNOWN
        || base.family() == family;
  }

  private static Sign familyOnly(Map<String, String> metadata) {
    return Stream.of("ss_base_model_version", "modelspec.architecture")
        .flatMap(
            key ->
                TrainingFacts.text(metadata, key)
                    .map(value -> key + " is '" + value + "'")
                    .stream())
        .findFirst()
        .map(
            sign ->
                new Sign(Base.UNKNOWN, sign + ", which does not identify a base within the family"))
        .orElseGet(() -> new Sign(Base.UNKNOWN, "the file does not say what it was trained on"));
  }
}
