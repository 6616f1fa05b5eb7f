package dev.sdlora.demo.emoji.stage;

/**
 * The layout of an image: its latent in 4×4 cells of 4×4 positions. Each of the text encoder's last
 * 16 states describes one cell. They come after all but very long texts, where CLIP repeats the end
 * token. So the U-Net starts with a sketch of the whole image and need not memorise each noun under
 * noise.
 */
final class Cells {
  private static final int ACROSS = 4;

  /** The number of cells of an image. */
  static final int COUNT = ACROSS * ACROSS;

  private static final int SIDE = AutoencoderStage.LATENT_SIDE / ACROSS;
  private static final int CHANNELS = AutoencoderStage.CONFIG.latentChannels();

  /** The number of values of a cell's part of the latent. */
  private static final int DRAWN = SIDE * SIDE * CHANNELS;

  /**
   * The number of values of a cell: these, and the index of the cell, by which the U-Net finds it.
   */
  static final int NUMBERS = DRAWN + COUNT;

  private static final float ADDRESS = 2;

  private Cells() {}

  /** Returns the cells of a latent [4][side][side], row by row. */
  static float[] of(float[] latent) {
    float[] cells = new float[COUNT * NUMBERS];
    for (int cell = 0; cell < COUNT; cell++) {
      cells[cell * NUMBERS + DRAWN + cell] = ADDRESS;
    }
    for (int i = 0; i < latent.length; i++) {
      cells[place(i)] = latent[i];
    }
    return cells;
  }

  /** Returns the index in the cells of a value of a latent. */
  private static int place(int i) {
    int side = AutoencoderStage.LATENT_SIDE;
    int channel = i / (side * side);
    int y = i / side % side;
    int x = i % side;
    int cell = y / SIDE * ACROSS + x / SIDE;
    int place = y % SIDE * SIDE + x % SIDE;
    return cell * NUMBERS + place * CHANNELS + channel;
  }

  /** Returns the concatenated latents of images' cells, the inverse of {@link #of}. */
  static float[] latents(float[] cells) {
    int ofImage = COUNT * NUMBERS;
    float[] latents = new float[cells.length / ofImage * COUNT * DRAWN];
    for (int i = 0; i < latents.length; i++) {
      int image = i / (COUNT * DRAWN);
      latents[i] = cells[image * ofImage + place(i % (COUNT * DRAWN))];
    }
    return latents;
  }
}
