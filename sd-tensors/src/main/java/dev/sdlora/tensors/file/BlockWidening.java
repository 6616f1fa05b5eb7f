package dev.sdlora.tensors.file;

import java.io.IOException;

/**
 * Computes the elements of a tensor that a GGUF file stores in blocks.
 *
 * @param type the format of the blocks
 * @param offset the offset of the first block from the start of the file
 */
record BlockWidening(BlockType type, long offset) implements Widening {
  @Override
  public int unit() {
    return type.elements();
  }

  @Override
  public void read(StoredValues stored, long first, float[] values) throws IOException {
    int blocks = values.length / type.elements();
    long from = offset + first / type.elements() * type.bytes();
    type.decode(stored.bytes(from, blocks * type.bytes()), blocks, values);
  }
}
