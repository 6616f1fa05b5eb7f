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
 * What a LoRA that was distilled for few steps says of itself. Its tensors do not tell; what its
 * trainer wrote as its title does, or else its file's name, if either is spelled as the authors of
 * such LoRAs spell theirs: {@code sdxl_lightning_4step_lora} is one, {@code lightning_storm} is
 * not.
 *
 * @param name of the LoRA, as the request has it
 * @param method how it was distilled
 * @param steps what it was distilled for; empty if its name does not say
 * @param keepsGuidance whether it was distilled with guidance, so that it takes more than none
 */
public record FewStepLora(String name, FewSteps method, OptionalInt steps, boolean keepsGuidance) {
  /** Guidance up to here does no harm; LCM's authors recommend 1 to 2. */
  private static final double LITTLE_GUIDANCE = 2;

  private static final double MOST_GUIDANCE = 8;

  /** Keys whose values are titles. */
  private static final List<String> TITLES = List.of("modelspec.title", "ss_output_name");

  /** What diffusers calls every LoRA; the folder has the name then. */
  private static final String UNNAMED = "pytorch lora weights";

  private static final Pattern STEPS = Pattern.compile("\\b(\\d{1,2}) ?steps?\\b");
  private static final String N_STEPS = "(?=.*\\b\\d{1,2} ?steps?\\b)";
  private static final String BASE = "(?=.*\\b(sd|sdxl|sd xl|sdv?1 ?5|sdv?2 ?1|ssd ?1b|lora)\\b)";

  /** Names as words in lower case with single spaces. */
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

  /** What a file says, or nothing if it does not say that it is such a LoRA. */
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
   * The warning that a request needs which does not suit the LoRA.
   *
   * @param asked the steps of the request
   * @param cfgScale its guidance scale
   * @return empty if it suits
   */
  public Optional<String> unsuited(int asked, double cfgScale) {
    boolean suits = asked >= least() && asked <= most() && cfgScale <= mostGuidance();
    return suits
        ? Optional.empty()
        : Optional.of(
            "LoRA '%s' is made for %s and %s, but the request has %s steps and guidance scale %s; %s"
                .formatted(
                    name, wantedSteps(), wantedGuidance(), asked, number(cfgScale), option()));
  }

  private int least() {
    return steps.orElse(method.leastSteps());
  }

  /** Twice as many do no harm. */
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
    return "fewSteps(FewSteps.%s, %s) or --few-steps %s:%s sets what suits it"
        .formatted(method, count, method.label().toLowerCase(Locale.ROOT), count);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
