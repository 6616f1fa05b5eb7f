package dev.sdlora.lora.overlay;

import java.util.regex.Pattern;

/** Over what a layer of a U-Net goes, and so where a LoRA with a region can act in it. */
public enum Place {
  /** Positions of the image at some level. */
  POSITIONS("", ".lora_regions"),

  /** What queries read: keys and values. A query takes those of the region in which it is. */
  READ("", ".lora_query_regions"),

  /**
   * The embedding of time, to add its result to all positions of a level. Its factors lie apart, so
   * that they are applied at positions.
   */
  TIME(".regional", ".lora_regions"),

  /** What all layers read: the embeddings of time and of what SDXL is told beside it. */
  NOWHERE("", "");

  private static final Pattern READS = Pattern.compile(".*\\.attn[12]\\.to_[kv]\\.weight");
  private static final Pattern EMBEDDINGS = Pattern.compile("(time|add)_embedding\\..*");

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

  /** What follows the name of a module that has regions. */
  String suffix() {
    return suffix;
  }

  /** The end of the name of the tensor that tells regions. */
  String regions() {
    return regions;
  }
}
