package dev.sdlora.benchmarks.model;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.flux1.Flux1Config;
import dev.sdlora.families.flux2.Flux2Config;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.sd3.Sd3Config;
import dev.sdlora.families.transformer.T5Config;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.zimage.ZImageConfig;

/**
 * The dimensions of a model with a diffusion transformer.
 *
 * @param family the family
 * @param transformer the denoiser
 * @param texts the text encoders
 * @param vae the autoencoder
 */
public record FlowConfig(
    ModelFamily family, TransformerConfig transformer, FlowTexts texts, VaeConfig vae) {
  /** The least number of Qwen3's layers that readers take. */
  private static final int LEAST_LAYERS = 4;

  /** Returns the dimensions of a checkpoint. */
  public static FlowConfig of(TransformerModel model) {
    return new FlowConfig(
        model.checkpoint().family(),
        model.transformer().config(),
        FlowTexts.of(model.texts()),
        model.vae().config());
  }

  /**
   * Returns a model with at most this many blocks of each kind in the transformer, and layers in
   * Qwen3 or T5. FLUX.2 and Z-Image are {@linkplain FlowModels#narrower narrower}.
   */
  public FlowConfig withBlocks(int blocks) {
    FlowConfig whole =
        texts instanceof FlowTexts.Qwen
            ? FlowModels.narrower(this, Math.max(LEAST_LAYERS, blocks))
            : this;
    return new FlowConfig(
        family,
        first(whole.transformer, blocks),
        whole.texts instanceof FlowTexts.ClipAndT5 both
            ? new FlowTexts.ClipAndT5(both.clips(), first(both.t5(), blocks))
            : whole.texts,
        vae);
  }

  /** Returns T5 without the layers after the first ones. */
  public static T5Config first(T5Config all, int layers) {
    return new T5Config(
        all.width(),
        all.heads(),
        all.headWidth(),
        all.inner(),
        Math.min(layers, all.layers()),
        all.vocabulary(),
        all.buckets());
  }

  /**
   * Returns a transformer without the blocks after the first ones of each kind. For Stable
   * Diffusion 3, the last of them stands for the {@linkplain #stored last block of all}, which has
   * other shapes.
   */
  public static TransformerConfig first(TransformerConfig config, int blocks) {
    if (config instanceof Flux2Config all) {
      return new Flux2Config(
          all.channels(),
          all.width(),
          all.heads(),
          Math.min(blocks, all.doubleBlocks()),
          Math.min(blocks, all.singleBlocks()),
          all.contextWidth(),
          all.inner(),
          all.timeWidth(),
          all.axes(),
          all.theta());
    }
    if (config instanceof Flux1Config all) {
      return new Flux1Config(
          all.inputs(),
          all.outputs(),
          all.width(),
          all.heads(),
          Math.min(blocks, all.doubleBlocks()),
          Math.min(blocks, all.singleBlocks()),
          all.contextWidth(),
          all.inner(),
          all.modulation(),
          all.axes(),
          all.theta());
    }
    if (config instanceof Sd3Config all) {
      int layers = Math.min(blocks, all.layers());
      return new Sd3Config(
          all.channels(),
          all.width(),
          all.heads(),
          layers,
          all.contextWidth(),
          all.pooledWidth(),
          all.positions(),
          all.dualLayers().stream().filter(block -> block < layers - 1).toList(),
          all.normed());
    }
    ZImageConfig all = (ZImageConfig) config;
    return new ZImageConfig(
        all.channels(),
        all.width(),
        all.heads(),
        all.inner(),
        all.contextWidth(),
        all.timeWidth(),
        all.timeInner(),
        Math.min(blocks, all.refiners()),
        Math.min(blocks, all.layers()),
        all.axes(),
        all.theta());
  }

  /**
   * Returns the name in this model of a weight of a transformer with its {@linkplain
   * #first(TransformerConfig, int) first blocks}.
   */
  public String stored(String name, TransformerConfig first) {
    return transformer instanceof Sd3Config all && first instanceof Sd3Config some
        ? name.replace(block(some.layers() - 1), block(all.layers() - 1))
        : name;
  }

  private static String block(int index) {
    return "transformer_blocks." + index + ".";
  }

  /** The name in figures. */
  public String title() {
    boolean full = transformer.equals(FlowModels.published(family).transformer);
    return (full ? "" : "small ") + family.label();
  }
}
