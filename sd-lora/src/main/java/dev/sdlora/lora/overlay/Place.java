package dev.sdlora.lora.overlay;

import java.util.regex.Pattern;

/**
 * The kind of input that a layer of a U-Net processes. It determines how a LoRA with a region can
 * act in the layer.
 */
public enum Place {
  /** Positions of the image at one of the resolutions. */
  POSITIONS("", ".lora_regions"),

  /** The keys and values of attention. A query uses those of the region it belongs to. */
  READ("", ".lora_query_regions"),

  /**
   * The projected time embedding, which is added to all positions of a level. Its factors have
   * names of their own, so that they are applied per position.
   */
  TIME(".regional", ".lora_regions"),

  /**
   * Inputs that all layers share: the embeddings of the timestep and of SDXL's additional
   * conditions, and the modulations that transformers derive from them.
   */
  NOWHERE("", "");

  private static final Pattern READS = Pattern.compile(".*\\.attn[12]\\.to_[kv]\\.weight");
  private static final Pattern EMBEDDINGS =
      Pattern.compile(
          "(?:time|add)_embedding\\..*|time_guidance_embed\\..*|t_embedder\\..*"
              + "|(?:double|single)_stream_modulation.*|norm_out\\.linear\\..*"
              + "|.*\\.adaLN_modulation\\..*");

  private final String suffix;
  private final String regions;

  Place(String suffix, String regions) {
    this.suffix = suffix;
    this.regions = regions;
  }

  /** The place of a layer, by the name of its weight. */
  public static Place of(String weight) {
    if (READS.matcher(weight).matches()) {
      return READ;
    }
    if (weight.endsWith(".time_emb_proj.weight")) {
      return TIME;
    }
    return EMBEDDINGS.matcher(weight).matches() ? NOWHERE : POSITIONS;
  }

  /** The suffix of the name of a module with regions. */
  String suffix() {
    return suffix;
  }

  /** The suffix of the name of the tensor that assigns components to regions. */
  String regions() {
    return regions;
  }
}
