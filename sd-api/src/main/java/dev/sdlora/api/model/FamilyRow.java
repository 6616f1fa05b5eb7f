package dev.sdlora.api.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What callers can know about a family without a model of it: a row of {@link ModelFamily}.
 *
 * @param blocks the lists of blocks that block weights can have values for
 * @param embeddingWidths the widths of vectors of embeddings; empty if there are none
 * @param referenceWord a word in the names of the models that read reference images; empty if none
 *     reads them
 */
record FamilyRow(
    boolean isTransformer,
    List<List<String>> blocks,
    Set<Trait> traits,
    List<Integer> embeddingWidths,
    Optional<String> referenceWord) {
  private static final String TEXT = "BASE";

  enum Trait {
    XL,
    CLIP_SKIP,
    PLAIN_TEXT
  }

  private FamilyRow(boolean isTransformer, List<List<String>> blocks) {
    this(isTransformer, blocks, Set.of(), List.of(), Optional.empty());
  }

  /** Returns the row of U-Nets with the blocks of SD 1.x. */
  static FamilyRow unet() {
    return new FamilyRow(
        false,
        List.of(
            unet(List.of(1, 2, 4, 5, 7, 8), 3, 12),
            unet(IntStream.range(0, 12).boxed().toList(), 0, 12)));
  }

  /** Returns the row of U-Nets with the blocks of SDXL. */
  static FamilyRow unetOfSdxl() {
    return new FamilyRow(
            false,
            List.of(
                unet(List.of(4, 5, 7, 8), 0, 6),
                unet(IntStream.range(0, 9).boxed().toList(), 0, 9)))
        .with(Trait.XL);
  }

  /**
   * Returns the row of transformers.
   *
   * @param blocks for each size of model, the letter of each kind of block and how many there are,
   *     such as {@code D19 S38}
   */
  static FamilyRow transformer(String... blocks) {
    List<List<String>> all = new ArrayList<>();
    for (String kinds : blocks) {
      List<String> names = new ArrayList<>(List.of(TEXT));
      for (String kind : kinds.split(" ", -1)) {
        IntStream.range(0, Integer.parseInt(kind.substring(1)))
            .forEach(number -> names.add(numbered(kind.substring(0, 1), number)));
      }
      all.add(List.copyOf(names));
    }
    return new FamilyRow(true, List.copyOf(all));
  }

  FamilyRow with(Trait trait) {
    EnumSet<Trait> all = EnumSet.of(trait);
    all.addAll(traits);
    return new FamilyRow(
        isTransformer, blocks, Collections.unmodifiableSet(all), embeddingWidths, referenceWord);
  }

  /** Embeddings have a vector of each width, one for each text encoder. */
  FamilyRow embeddings(Integer... widths) {
    return new FamilyRow(isTransformer, blocks, traits, List.of(widths), referenceWord);
  }

  /** Models read reference images if their names contain a word; all do if it is empty. */
  FamilyRow references(String word) {
    return new FamilyRow(isTransformer, blocks, traits, embeddingWidths, Optional.of(word));
  }

  private static List<String> unet(List<Integer> in, int firstOut, int outs) {
    List<String> blocks = new ArrayList<>(List.of(TEXT));
    in.forEach(number -> blocks.add(numbered("IN", number)));
    blocks.add("MID");
    IntStream.range(firstOut, outs).forEach(number -> blocks.add(numbered("OUT", number)));
    return List.copyOf(blocks);
  }

  private static String numbered(String kind, int number) {
    return String.format(Locale.ROOT, "%s%02d", kind, number);
  }
}
