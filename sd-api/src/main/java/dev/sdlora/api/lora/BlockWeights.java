package dev.sdlora.api.lora;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Factors on the strength of a LoRA in each block of a model, in the notation of A1111's LoRA Block
 * Weight extension. Immutable.
 *
 * <p>{@code BASE} is the text encoder. {@code IN00} and so on are the U-Net's input blocks,
 * numbered as in the original code, {@code MID} is its middle block, and {@code OUT00} and so on
 * are its output blocks. FLUX.2 klein has double blocks, {@code D00} and so on, and single blocks,
 * {@code S00} and so on. Z-Image has refiners of noise, {@code N00} and {@code N01}, refiners of
 * the context, {@code C00} and {@code C01}, and layers, {@code L00} and so on. These lists of
 * values are supported; a block that is not in the list gets 0:
 *
 * <ul>
 *   <li>17 for SD 1.x and 2.x, the blocks with attention: {@code BASE, IN01, IN02, IN04, IN05,
 *       IN07, IN08, MID, OUT03 … OUT11};
 *   <li>26 for SD 1.x and 2.x, all blocks: {@code BASE, IN00 … IN11, MID, OUT00 … OUT11};
 *   <li>12 for SDXL, the blocks with attention: {@code BASE, IN04, IN05, IN07, IN08, MID, OUT00 …
 *       OUT05};
 *   <li>20 for SDXL, all blocks: {@code BASE, IN00 … IN08, MID, OUT00 … OUT08};
 *   <li>26 for FLUX.2 klein 4B: {@code BASE, D00 … D04, S00 … S19};
 *   <li>33 for FLUX.2 klein 9B: {@code BASE, D00 … D07, S00 … S23};
 *   <li>35 for Z-Image: {@code BASE, N00, N01, C00, C01, L00 … L29};
 *   <li>58 for FLUX.1 and Chroma: {@code BASE, D00 … D18, S00 … S37};
 *   <li>25 for SD 3 and 3.5 Medium and 39 for 3.5 Large: {@code BASE, D00 … D23} or {@code D37}.
 * </ul>
 *
 * <p>A few layers of the denoiser belong to no block (in a U-Net the time embedding and the last
 * convolution); they use the factor of {@code BASE}.
 *
 * <p>Presets are {@code NONE}, {@code ALL}, {@code ALL0.5} for every block; {@code INS}, {@code
 * IND}, {@code INALL} for the input blocks (shallow, deep, both), {@code MIDD} for the deep input
 * and output blocks and the middle, {@code OUTD}, {@code OUTS}, {@code OUTALL} for the output
 * blocks, each with {@code BASE}, for U-Nets; {@code DOUBLE} and {@code SINGLE} for the blocks of
 * FLUX.2 klein and {@code REFINERS} and {@code LAYERS} for those of Z-Image, each with {@code
 * BASE}; and the name of a single block for that block alone, where {@code M00} means {@code MID}.
 * They differ from the extension in one way: {@code ALL} and {@code ALL0.5} include the blocks
 * without attention. {@link #readPresets} reads the extension's own file.
 *
 * @param preset the name of a preset; empty for values
 * @param values the values of one of the lists above; empty for a preset
 */
public record BlockWeights(Optional<String> preset, List<Double> values) {

  /** The block name of the text encoder. */
  public static final String BASE = "BASE";

  /** The block name of the U-Net's middle block. */
  public static final String MID = "MID";

  private static final List<String> COMMON_PRESETS = List.of("NONE", "ALL", "ALL0.5");

  /** The first letters of the names of the blocks in a preset of a transformer. */
  private static final Map<String, String> TRANSFORMER_PRESETS =
      Map.of("DOUBLE", "D", "SINGLE", "S", "REFINERS", "NC", "LAYERS", "L");

  /** The block that families have for which a preset is; {@link #MID} for other presets. */
  private static final Map<String, String> SIGNS =
      Map.of("DOUBLE", "D00", "SINGLE", "D00", "REFINERS", "N00", "LAYERS", "L00");

  private static final List<String> PRESETS =
      List.of(
          "NONE",
          "ALL",
          "INS",
          "IND",
          "INALL",
          "MIDD",
          "OUTD",
          "OUTS",
          "OUTALL",
          "ALL0.5",
          "DOUBLE",
          "SINGLE",
          "REFINERS",
          "LAYERS");

  /**
   * Every block at 1, the default. Declared last because its construction uses the constants above.
   */
  public static final BlockWeights ALL = new BlockWeights(Optional.of("ALL"), List.of());

  /**
   * Copies and checks the values.
   *
   * @param preset one of the names above, in exactly that spelling, or empty
   * @param values 12, 17, 20, 26, 33 or 35 finite numbers; none for a preset
   * @throws IllegalArgumentException if the preset is unknown, the number of values is not one of
   *     these, or a value is NaN or infinite
   */
  public BlockWeights {
    Objects.requireNonNull(preset, "preset");
    Objects.requireNonNull(values, "values");
    values = List.copyOf(values);
    preset = preset.map(name -> name.equals("M00") ? MID : name);
    if (preset.isPresent()) {
      requirePreset(preset.get(), values);
    } else if (!BlockLists.hasSize(values.size())) {
      throw new IllegalArgumentException(
          "block weights must be " + BlockLists.sizes() + ", not " + values.size());
    }
    values.forEach(value -> Checks.finite(value, "block weight"));
  }

  private static void requirePreset(String name, List<Double> values) {
    if (!values.isEmpty()) {
      throw new IllegalArgumentException(
          "block weights must be a preset or a list of values, not both");
    }
    if (!PRESETS.contains(name) && !BlockLists.hasBlock(name)) {
      throw new IllegalArgumentException(
          "block weight preset '"
              + name
              + "' is unknown; known values: "
              + String.join(", ", PRESETS)
              + " and single blocks such as IN05, MID, OUT03, D02, S10 or L07"
              + Nearest.question(name, PRESETS));
    }
  }

  /**
   * {@return weights with the values of one of the lists}
   *
   * @param values the factors, in the order of the family's list that has this number of values:
   *     12, 17, 20, 26, 33 or 35
   * @throws IllegalArgumentException if there is another number of values, or one is NaN or
   *     infinite
   */
  public static BlockWeights of(double... values) {
    Objects.requireNonNull(values, "values");
    return new BlockWeights(Optional.empty(), Arrays.stream(values).boxed().toList());
  }

  /**
   * {@return a preset}
   *
   * @param name the preset's name, such as {@code INALL} or {@code OUT03}; case-sensitive, as in
   *     the extension
   * @throws IllegalArgumentException if the preset is unknown; the message lists all presets
   */
  public static BlockWeights preset(String name) {
    return new BlockWeights(Optional.of(Objects.requireNonNull(name, "name")), List.of());
  }

  /**
   * Parses the value of {@code lbw=} in a tag.
   *
   * @param text the name of a preset, or values separated by commas
   * @return the weights
   * @throws IllegalArgumentException if the text is neither
   */
  public static BlockWeights parse(String text) {
    Objects.requireNonNull(text, "text");
    if (text.indexOf(',') < 0) {
      return preset(text.strip());
    }
    return new BlockWeights(
        Optional.empty(), Arrays.stream(text.split(",", -1)).map(Decimals::parse).toList());
  }

  /**
   * Reads the presets of the extension's file, {@code lbwpresets.txt}: a name, a colon and values
   * on each line. Empty lines and lines that start with {@code #} are ignored, and so are lists
   * with another number of values, which are for other models. If two presets have the same name,
   * the later one wins.
   *
   * @param file a text file in UTF-8
   * @return the presets by name, in the order of the file; unmodifiable
   * @throws UncheckedIOException if the file cannot be read or is not valid UTF-8
   * @throws IllegalArgumentException if a line has no colon, or a value is not a number; the
   *     message contains the line number, from 1
   */
  public static Map<String, BlockWeights> readPresets(Path file) {
    Objects.requireNonNull(file, "file");
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException("block weight presets '" + file + "' cannot be read", e);
    }
    Map<String, BlockWeights> presets = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      int colon = line.indexOf(':');
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      List<String> values = List.of(line.substring(colon + 1).split(",", -1));
      try {
        if (colon < 1) {
          throw new IllegalArgumentException("expected NAME:values, found '" + line + "'");
        }
        if (BlockLists.hasSize(values.size())) {
          presets.put(line.substring(0, colon).strip(), parse(line.substring(colon + 1)));
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "block weight presets '%s', line %s: %s".formatted(file, i + 1, e.getMessage()), e);
      }
    }
    return Collections.unmodifiableMap(presets);
  }

  /**
   * {@return whether these weights can be used with models of a family} {@code NONE}, {@code ALL}
   * and {@code ALL0.5} fit all families, other presets the families that have their blocks; values
   * fit if the family's lists have this number of values.
   *
   * @param family the models' family
   */
  public boolean fits(ModelFamily family) {
    Objects.requireNonNull(family, "family");
    if (preset.isPresent()) {
      return COMMON_PRESETS.contains(preset.get())
          || BlockLists.hasBlock(preset.get(), family)
          || (PRESETS.contains(preset.get())
              && BlockLists.hasBlock(SIGNS.getOrDefault(preset.get(), MID), family));
    }
    return BlockLists.hasSize(values.size(), family);
  }

  /**
   * {@return the numbers of values that weights for models of a family may have, such as {@code 12
   * or 20} for SDXL}
   *
   * @param family the models' family
   */
  public static String sizes(ModelFamily family) {
    return BlockLists.sizes(Objects.requireNonNull(family, "family"));
  }

  /**
   * {@return the factor of a block} A block that is not in the list or preset gets 0.
   *
   * @param block the name of the block, such as {@code IN05}
   * @param family the model's family, which determines the blocks of presets
   */
  public double weight(String block, ModelFamily family) {
    Objects.requireNonNull(block, "block");
    Objects.requireNonNull(family, "family");
    if (preset.isPresent()) {
      return presetWeight(preset.get(), block, family);
    }
    int place = BlockLists.of(family, values.size()).indexOf(block);
    return place < 0 ? 0 : values.get(place);
  }

  private static double presetWeight(String name, String block, ModelFamily family) {
    return switch (name) {
      case "NONE" -> 0;
      case "ALL" -> 1;
      case "ALL0.5" -> 0.5;
      default -> isIn(name, block, BlockLists.hasThreeLevels(family)) ? 1 : 0;
    };
  }

  private static boolean isIn(String name, String block, boolean xl) {
    if (!PRESETS.contains(name)) {
      return block.equals(name);
    }
    if (block.equals(BASE)) {
      return true;
    }
    String letters = TRANSFORMER_PRESETS.get(name);
    if (letters != null) {
      return letters.indexOf(block.charAt(0)) >= 0 && Character.isDigit(block.charAt(1));
    }
    Set<String> shallowIn = xl ? Set.of("IN04", "IN05") : Set.of("IN01", "IN02", "IN04");
    Set<String> deepIn = xl ? Set.of("IN07", "IN08") : Set.of("IN05", "IN07", "IN08");
    Set<String> deepOut =
        xl ? Set.of("OUT00", "OUT01", "OUT02") : Set.of("OUT03", "OUT04", "OUT05", "OUT06");
    Set<String> shallowOut =
        xl
            ? Set.of("OUT03", "OUT04", "OUT05")
            : Set.of("OUT07", "OUT08", "OUT09", "OUT10", "OUT11");
    return switch (name) {
      case "INS" -> shallowIn.contains(block);
      case "IND" -> deepIn.contains(block);
      case "INALL" -> shallowIn.contains(block) || deepIn.contains(block);
      case "MIDD" -> deepIn.contains(block) || block.equals(MID) || deepOut.contains(block);
      case "OUTD" -> deepOut.contains(block);
      case "OUTS" -> shallowOut.contains(block);
      default -> deepOut.contains(block) || shallowOut.contains(block);
    };
  }

  /** Returns the text that {@link #parse} reads. */
  @Override
  public String toString() {
    return preset.orElseGet(
        () -> values.stream().map(Decimals::text).collect(Collectors.joining(",")));
  }
}
