package dev.sdlora.demo.emoji;

/**
 * What is where in a picture: its latent in 4×4 cells of 4×4 places. The text encoder says one cell
 * in each of the last 16 states, which are behind all but very long texts, where CLIP has the end
 * token again and again. So the U-Net begins with a sketch of the whole picture and need not learn
 * each noun by heart under noise.
 */
final class Cells {
  private static final int ACROSS = 4;

  /** Cells of a picture. */
  static final int COUNT = ACROSS * ACROSS;

  private static final int SIDE = AutoencoderStage.LATENT_SIDE / ACROSS;
  private static final int CHANNELS = AutoencoderStage.CONFIG.latentChannels();

  /** Numbers of a cell. */
  static final int NUMBERS = SIDE * SIDE * CHANNELS;

  private Cells() {}

  /** The cells of a latent, [4][side][side], row by row. */
  static float[] of(float[] latent) {
    float[] cells = new float[latent.length];
    int side = AutoencoderStage.LATENT_SIDE;
    for (int i = 0; i < latent.length; i++) {
      int channel = i / (side * side);
      int y = i / side % side;
      int x = i % side;
      int cell = y / SIDE * ACROSS + x / SIDE;
      int place = y % SIDE * SIDE + x % SIDE;
      cells[cell * NUMBERS + place * CHANNELS + channel] = latent[i];
    }
    return cells;
  }
}
