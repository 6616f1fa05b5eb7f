package dev.sdlora.lora.library;

import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.lora.format.LoraFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Describes a LoRA that was distilled for few steps. Its tensors do not show this, but its title in
 * the metadata or else its file name does if it is spelled as the authors of these LoRAs spell
 * theirs: {@code sdxl_lightning_4step_lora} matches, {@code lightning_storm} does not.
 *
 * @param name the name of the LoRA in the request
 * @param method the distillation method
 * @param steps the number of steps that it was distilled for; empty if its name does not state it
 * @param keepsGuidance whether it was distilled with guidance and so works with a guidance scale
 *     above 1
 */
public record FewStepLora(String name, FewSteps method, OptionalInt steps, boolean keepsGuidance) {
  /** Guidance up to this scale does no harm; LCM's authors recommend 1 to 2. */
  private static final double LITTLE_GUIDANCE = 2;

  private static final double MOST_GUIDANCE = 8;

  /** Metadata keys of titles. */
  private static final List<String> TITLES = List.of("modelspec.title", "ss_output_name");

  /** The name of all LoRA files of diffusers; the folder has the actual name. */
  private static final String UNNAMED = "pytorch lora weights";

  private static final Pattern STEPS = Pattern.compile("\\b(\\d{1,2}) ?steps?\\b");
  private static final String N_STEPS = "(?=.*\\b\\d{1,2} ?steps?\\b)";
  private static final String BASE = "(?=.*\\b(sd|sdxl|sd xl|sdv?1 ?5|sdv?2 ?1|ssd ?1b|lora)\\b)";

  /** Patterns for names converted to lower-case words with single spaces. */
  private static final List<Spelling> SPELLINGS =
      List.of(
          spelling(FewSteps.LCM, "^lcm$"),
          spelling(FewSteps.LCM, "^" + BASE + ".*\\b(lcm|pcm .*lcmlike)\\b"),
          spelling(FewSteps.LCM, "^" + N_STEPS + ".*\\b(lcm|dmd2?)\\b"),
          spelling(FewSteps.LIGHTNING, "^" + N_STEPS + ".*\\blightning\\b"),
          spelling(FewSteps.LIGHTNING, "^(lora )?(sdxl|sd xl) lightning( lora)?$"),
          spelling(FewSteps.HYPER, "^" + N_STEPS + ".*\\bhyper( ?(sd|sdxl|sd15))?\\b"),
          spelling(FewSteps.TCD, "^tcd$"),
          spelling(FewSteps.TCD, "^" + BASE + ".*\\btcd\\b"),
          spelling(FewSteps.PCM, "^" + N_STEPS + ".*\\bpcm\\b"),
          spelling(FewSteps.PCM, "^" + BASE + ".*\\bpcm\\b"),
          spelling(FewSteps.TURBO, "^" + N_STEPS + ".*\\bturbo\\b"),
          spelling(FewSteps.TURBO, "\\b(sd|sdxl|sd xl) turbo lora\\b"));

  private record Spelling(FewSteps method, Pattern words) {}

  private static Spelling spelling(FewSteps method, String words) {
    return new Spelling(method, Pattern.compile(words));
  }

  /** Recognises a LoRA for few steps; empty if the file is not known to be one. */
  public static Optional<FewStepLora> of(String name, LoraFile file) {
    return of(name, file.file().metadata(), file.file().path());
  }

  static Optional<FewStepLora> of(String name, Map<String, String> metadata, Path file) {
    Stream<String> titles = TITLES.stream().flatMap(key -> text(metadata, key));
    return Stream.concat(titles, Stream.of(fileName(file)))
        .map(FewStepLora::words)
        .flatMap(words -> of(name, words).stream())
        .findFirst();
  }

  private static Stream<String> text(Map<String, String> metadata, String key) {
    return TrainingFacts.text(metadata, key).stream();
  }

  private static Optional<FewStepLora> of(String name, String words) {
    return SPELLINGS.stream()
        .filter(spelling -> spelling.words.matcher(words).find())
        .findFirst()
        .map(
            spelling ->
                new FewStepLora(
                    name,
                    spelling.method,
                    steps(words),
                    words.contains("cfg") && !words.contains("smallcfg")));
  }

  private static OptionalInt steps(String words) {
    Matcher steps = STEPS.matcher(words);
    return steps.find()
        ? OptionalInt.of(Math.max(1, Integer.parseInt(steps.group(1))))
        : OptionalInt.empty();
  }

  private static String fileName(Path file) {
    String name = file.getFileName().toString().replaceFirst("\\.[A-Za-z]+$", "");
    Path folder = file.toAbsolutePath().getParent();
    return words(name).equals(UNNAMED) && folder != null && folder.getFileName() != null
        ? folder.getFileName().toString()
        : name;
  }

  private static String words(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", " ").strip();
  }

  /**
   * Returns a warning if the request does not suit the LoRA.
   *
   * @param given the number of steps of the request
   * @param cfgScale its guidance scale
   * @return the warning; empty if the request suits the LoRA
   */
  public Optional<String> unsuited(int given, double cfgScale) {
    boolean suits = given >= least() && given <= most() && cfgScale <= mostGuidance();
    return suits
        ? Optional.empty()
        : Optional.of(
            "LoRA '%s' is made for %s and %s, but the request has %s steps and guidance scale %s; %s"
                .formatted(
                    name, wantedSteps(), wantedGuidance(), given, number(cfgScale), option()));
  }

  private int least() {
    return steps.orElse(method.leastSteps());
  }

  /** Up to twice the number of steps does no harm. */
  private int most() {
    return steps.isPresent() ? 2 * steps.getAsInt() : method.mostSteps();
  }

  private double mostGuidance() {
    return keepsGuidance ? MOST_GUIDANCE : LITTLE_GUIDANCE;
  }

  private String wantedSteps() {
    return steps.isPresent()
        ? steps.getAsInt() + (steps.getAsInt() == 1 ? " step" : " steps")
        : method.leastSteps() + " to " + method.mostSteps() + " steps";
  }

  private String wantedGuidance() {
    return keepsGuidance
        ? "guidance scale 5 to 8"
        : method == FewSteps.LCM ? "guidance scale 1 to 2" : "no guidance (scale 1)";
  }

  private String option() {
    int count =
        Math.min(
            Math.max(steps.orElse(method.usualSteps()), method.leastSteps()), method.mostSteps());
    return "fewSteps(FewSteps.%s, %s) or --few-steps %s:%s sets suitable values"
        .formatted(method, count, method.label().toLowerCase(Locale.ROOT), count);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
