package dev.sdlora.training;

import dev.sdlora.training.data.Batches;
import dev.sdlora.training.data.CaptionVariants;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.DataCache;
import dev.sdlora.training.recipe.Recipe;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The encoded captions of each batch. Captions that change from step to step are encoded for the
 * next batches at once, so that neither the text encoders nor the states of all steps stay in
 * memory. Not safe for use by several threads.
 */
final class CaptionWindows {
  /** The number of images whose captions are encoded at once: 160 MB of states for SDXL. */
  private static final int IMAGES = 256;

  private final Settings settings;
  private final Captions written;
  private final Batches batches;
  private final int length;
  private int window = -1;
  private Captions captions;

  /**
   * Creates windows.
   *
   * @param written the captions as they are written, which are among those of each batch
   */
  CaptionWindows(Settings settings, Captions written, Batches batches) {
    this.settings = settings;
    this.written = written;
    this.batches = batches;
    this.captions = written;
    this.length = Math.max(1, IMAGES / settings.recipe().batchSize());
  }

  /** The captions for a batch, encoded if they are not yet. */
  Captions at(int batch) {
    Recipe recipe = settings.recipe();
    if (CaptionVariants.vary(recipe.inputs().captions()) && batch / length != window) {
      window = batch / length;
      int end = Math.min((window + 1) * length, recipe.steps() * recipe.accumulation());
      Set<String> texts = new LinkedHashSet<>();
      for (int i = window * length; i < Math.max(end, batch + 1); i++) {
        texts.addAll(batches.captions(i));
      }
      boolean asTokens = settings.adapter().textEncoder();
      captions =
          written.plus(
              settings.family().captions(texts, asTokens, recipe.clipSkip(), DataCache.NONE));
    }
    return captions;
  }
}
