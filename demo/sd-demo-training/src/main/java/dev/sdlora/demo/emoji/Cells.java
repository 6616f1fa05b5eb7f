package dev.sdlora.demo.emoji;

/**
 * What is where in an image: its latent in 4×4 cells of 4×4 places. The text encoder says one cell
 * in each of the last 16 states, which are behind all but very long texts, where CLIP has the end
 * token again and again. So the U-Net begins with a sketch of the whole image and need not learn
 * each noun by heart under noise.
 */
final class Cells {
  private static final int ACROSS = 4;

  /** Cells of an image. */
  static final int COUNT = ACROSS * ACROSS;

  private static final int SIDE = AutoencoderStage.LATENT_SIDE / ACROSS;
  private static final int CHANNELS = AutoencoderStage.CONFIG.latentChannels();

  /** Numbers of a cell's part of the latent. */
  private static final int DRAWN = SIDE * SIDE * CHANNELS;

  /** Numbers of a cell: those, and which of all cells it is, by which the U-Net finds it. */
  static final int NUMBERS = DRAWN + COUNT;

  private static final float ADDRESS = 2;

  private Cells() {}

  /** The cells of a latent, [4][side][side], row by row. */
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

  /** Where a number of a latent is in its cells. */
  private static int place(int i) {
    int side = AutoencoderStage.LATENT_SIDE;
    int channel = i / (side * side);
    int y = i / side % side;
    int x = i % side;
    int cell = y / SIDE * ACROSS + x / SIDE;
    int place = y % SIDE * SIDE + x % SIDE;
    return cell * NUMBERS + place * CHANNELS + channel;
  }

  /** The latents of images' cells, one behind the other: what {@link #of} does backwards. */
  static float[] latents(float[] cells) {
    int ofPicture = COUNT * NUMBERS;
    float[] latents = new float[cells.length / ofPicture * COUNT * DRAWN];
    for (int i = 0; i < latents.length; i++) {
      int picture = i / (COUNT * DRAWN);
      latents[i] = cells[picture * ofPicture + place(i % (COUNT * DRAWN))];
    }
    return latents;
  }
}
