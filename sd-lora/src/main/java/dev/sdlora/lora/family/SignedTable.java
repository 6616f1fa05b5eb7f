package dev.sdlora.lora.family;

/** The table of a family that layers alone show, because no other model has them. */
interface SignedTable extends LayerTable {
  /** The sign of the family. */
  LayerSign sign();
}
