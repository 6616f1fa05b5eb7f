package dev.sdlora.infotext.key;

import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.setting.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The keys that ADetailer writes for each of its passes, in its order: {@code ADetailer model} for
 * the first pass, {@code ADetailer model 2nd} for the second.
 */
public final class DetailKeys {
  /** The largest number of passes of ADetailer; more are not written. */
  static final int PASSES = 15;

  public static final String VERSION = "ADetailer version";

  /** The version of ADetailer whose keys and rules these are. */
  private static final String SAME_AS = "25.3.0";

  private static final String MODEL = "ADetailer model";
  private static final String NONE = "None";
  private static final String SAME_SAMPLER = "Use same sampler";
  private static final String SAME_SCHEDULE = "Use same scheduler";
  private static final String MERGE = "Merge";
  private static final String INVERT = "Merge and Invert";

  /** Reads a value of a pass. Throws IllegalArgumentException if it is none. */
  private interface Reader extends BiConsumer<Draft, String> {}

  /** A value of a pass. */
  private record Value(String name, Function<DetailPass, Optional<String>> writer, Reader reader) {}

  /** A pass while it is read, and the width that was read before the height. */
  private static final class Draft {
    private final DetailPass.Builder pass;
    private int width;

    Draft(String detector) {
      pass = DetailPass.builder(detector);
    }

    void height(int height) {
      if (width != 0 && height != 0) {
        pass.size(new ImageSize(width, height));
      }
    }
  }

  private static final List<Value> VALUES =
      List.of(
          value(MODEL, pass -> Optional.of(pass.detector()), (draft, text) -> {}),
          value(
              "ADetailer model classes",
              pass -> InfotextKey.text(String.join(",", pass.labels())),
              (draft, text) -> draft.pass.labels(labels(text))),
          changed("prompt"),
          changed("negativePrompt"),
          always("confidence"),
          value(
              "ADetailer method to decide top k masks",
              pass -> when(pass.most() > 0, pass.mostConfident() ? "Confidence" : "Area"),
              (draft, text) -> draft.pass.mostConfident(choice(text, "Area", "Confidence") == 1)),
          changed("most"),
          value(
              "ADetailer mask min ratio",
              pass -> when(pass.leastShare() != 0, decimal(pass.leastShare())),
              (draft, text) ->
                  draft.pass.share(InfotextValues.decimal(text), draft.pass.build().mostShare())),
          value(
              "ADetailer mask max ratio",
              pass -> when(pass.mostShare() != 1, decimal(pass.mostShare())),
              (draft, text) ->
                  draft.pass.share(draft.pass.build().leastShare(), InfotextValues.decimal(text))),
          value(
              "ADetailer x offset",
              pass -> when(pass.offsetX() != 0, Integer.toString(pass.offsetX())),
              (draft, text) ->
                  draft.pass.offset(InfotextValues.integer(text), draft.pass.build().offsetY())),
          value(
              "ADetailer y offset",
              pass -> when(pass.offsetY() != 0, Integer.toString(pass.offsetY())),
              (draft, text) ->
                  draft.pass.offset(draft.pass.build().offsetX(), InfotextValues.integer(text))),
          always("growth"),
          former(
              "ADetailer dilate/erode",
              (draft, text) -> draft.pass.growth(InfotextValues.integer(text))),
          value(
              "ADetailer mask merge invert",
              pass -> when(pass.merged() || pass.inverted(), pass.inverted() ? INVERT : MERGE),
              (draft, text) -> {
                int mode = choice(text, NONE, MERGE, INVERT);
                draft.pass.merged(mode == 1).inverted(mode == 2);
              }),
          always("maskBlur"),
          always("denoisingStrength"),
          value(
              "ADetailer inpaint only masked",
              pass -> Optional.of(pass.wholeImage() ? "False" : "True"),
              (draft, text) -> draft.pass.wholeImage(!InfotextValues.flag(text))),
          value(
              "ADetailer inpaint padding",
              pass -> when(!pass.wholeImage(), Integer.toString(pass.padding())),
              (draft, text) -> draft.pass.padding(InfotextValues.integer(text))),
          use("ADetailer use inpaint width height", pass -> pass.size().isPresent()),
          former("ADetailer use inpaint width/height", (draft, text) -> flag(text)),
          value(
              "ADetailer inpaint width",
              pass -> pass.size().map(size -> Integer.toString(size.width())),
              (draft, text) -> draft.width = InfotextValues.integer(text)),
          value(
              "ADetailer inpaint height",
              pass -> pass.size().map(size -> Integer.toString(size.height())),
              (draft, text) -> draft.height(InfotextValues.integer(text))),
          use("ADetailer use separate steps", pass -> pass.steps().isPresent()),
          changed("steps"),
          use("ADetailer use separate CFG scale", pass -> pass.cfgScale().isPresent()),
          changed("cfgScale"),
          use("ADetailer use separate sampler", DetailKeys::samples),
          value(
              "ADetailer sampler",
              pass -> when(samples(pass), pass.sampler().map(Sampler::label).orElse(SAME_SAMPLER)),
              DetailKeys::readSampler),
          value(
              "ADetailer scheduler",
              pass -> pass.schedule().map(Schedule::label),
              (draft, text) -> {
                if (!text.equals(SAME_SCHEDULE)) {
                  draft.pass.schedule(Schedule.parse(text));
                }
              }),
          use(
              "ADetailer use separate noise multiplier",
              pass -> pass.noiseMultiplier().isPresent()),
          changed("noiseMultiplier"),
          use("ADetailer use separate CLIP skip", pass -> pass.clipSkip().isPresent()),
          changed("clipSkip"),
          // Not in ADetailer, where order and seeds are options of the program.
          changed("order"),
          changed("sameSeed"));

  /** The keys of all passes, then the version. */
  static final List<InfotextKey> ALL =
      Stream.concat(
              IntStream.range(0, PASSES)
                  .boxed()
                  .flatMap(pass -> VALUES.stream().map(value -> key(pass, value))),
              Stream.of(
                  InfotextKey.ofImage(
                      VERSION,
                      settings ->
                          settings.spec().detailPasses().isEmpty()
                              ? Optional.empty()
                              : Optional.of(settings.facts().getOrDefault(VERSION, SAME_AS)))))
          .toList();

  private DetailKeys() {}

  private static Value value(
      String name, Function<DetailPass, Optional<String>> writer, Reader reader) {
    return new Value(name, writer, reader);
  }

  /** Creates a key whose value is written if it is not the default. */
  private static Value changed(String setting) {
    SettingText<DetailPass, DetailPass.Builder, ?> text =
        SettingText.of(Settings.DETAIL_PASS, setting);
    return value(text, text::changed);
  }

  /** Creates a key whose value is always written. */
  private static Value always(String setting) {
    SettingText<DetailPass, DetailPass.Builder, ?> text =
        SettingText.of(Settings.DETAIL_PASS, setting);
    return value(text, text::written);
  }

  private static Value value(
      SettingText<DetailPass, DetailPass.Builder, ?> text,
      Function<DetailPass, Optional<String>> writer) {
    return value(
        text.key(),
        pass -> writer.apply(pass).map(value -> text.isNumber() ? withPoint(value) : value),
        (draft, value) -> text.read(draft.pass, value));
  }

  /** Creates a key that only older versions of ADetailer write. */
  private static Value former(String name, Reader reader) {
    return value(name, pass -> Optional.empty(), reader);
  }

  /** Creates the key that says whether the following values are those of the pass. */
  private static Value use(String name, Function<DetailPass, Boolean> isUsed) {
    return value(name, pass -> InfotextKey.flag(isUsed.apply(pass)), (draft, text) -> flag(text));
  }

  private static void flag(String text) {
    boolean unused = InfotextValues.flag(text);
  }

  private static Optional<String> when(boolean isWritten, String value) {
    return isWritten ? Optional.of(value) : Optional.empty();
  }

  private static InfotextKey key(int pass, Value value) {
    String name = value.name + suffix(pass);
    return InfotextKey.setting(
        name,
        settings -> {
          List<DetailPass> passes = settings.spec().detailPasses();
          return pass < passes.size() ? value.writer.apply(passes.get(pass)) : Optional.empty();
        },
        (draft, text) -> draft.detail(pass, value.name, text));
  }

  private static String suffix(int pass) {
    int number = pass + 1;
    String ending =
        switch (number) {
          case 2 -> "nd";
          case 3 -> "rd";
          default -> "th";
        };
    return pass == 0 ? "" : " " + number + ending;
  }

  /** Formats a number as Python prints a float: always with a decimal point. */
  private static String decimal(double value) {
    return withPoint(InfotextValues.number(value));
  }

  private static String withPoint(String number) {
    return number.chars().allMatch(c -> Character.isDigit(c) || c == '-') ? number + ".0" : number;
  }

  private static int choice(String text, String... names) {
    int index = Arrays.asList(names).indexOf(text);
    if (index < 0) {
      throw new IllegalArgumentException("it must be one of " + String.join(", ", names));
    }
    return index;
  }

  private static List<String> labels(String text) {
    return Stream.of(text.split(",", -1)).map(String::strip).filter(t -> !t.isEmpty()).toList();
  }

  private static boolean samples(DetailPass pass) {
    return pass.sampler().isPresent() || pass.schedule().isPresent();
  }

  /** Reads a sampler; older versions wrote its schedule as a part of the name. */
  private static void readSampler(Draft draft, String name) {
    if (!name.equals(SAME_SAMPLER)) {
      draft.pass.sampler(Sampler.inName(name));
      Schedule.inName(name).ifPresent(draft.pass::schedule);
    }
  }

  /**
   * Builds the passes of a text. Values that cannot be read are kept as facts; so are those of a
   * pass without a detector.
   *
   * @param read the values by the index of the pass and by name
   */
  static List<DetailPass> passes(Map<Integer, Map<String, String>> read, InfotextDraft facts) {
    List<DetailPass> passes = new ArrayList<>();
    for (int number : read.keySet().stream().sorted().toList()) {
      Map<String, String> values = new LinkedHashMap<>(read.getOrDefault(number, Map.of()));
      String detector = values.getOrDefault(MODEL, "");
      if (detector.isBlank()) {
        values.forEach((name, text) -> facts.keep(name + suffix(number), text));
      } else if (!detector.equals(NONE)) {
        passes.add(pass(detector, number, values, facts));
      }
    }
    return passes;
  }

  private static DetailPass pass(
      String detector, int number, Map<String, String> values, InfotextDraft facts) {
    Draft draft = new Draft(detector);
    for (Value value : VALUES) {
      String text = values.get(value.name);
      if (text != null) {
        try {
          value.reader.accept(draft, text);
        } catch (IllegalArgumentException e) {
          facts.keep(value.name + suffix(number), text);
        }
      }
    }
    return draft.pass.build();
  }
}
