package dev.sdlora.api.value;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The bytes of an image file for its decoder. Reading fails once the request is cancelled, see
 * {@link CurrentWork}, and for a JPEG that would take too long to decode.
 */
public final class ImageStream extends MemoryCacheImageInputStream {
  /**
   * Bytes per read for a JPEG with several scans: few scans, because each can take as long as the
   * whole image.
   */
  private static final int SCANS_BLOCK = 64;

  /** Bytes that a decoder reads between two checks; 0 until it is known. */
  private final int block;

  /**
   * Reads from a plain stream.
   *
   * @param stream a stream at the start of the file; the caller closes it
   * @throws IOException if the file is a JPEG with too many scans, or cannot be read
   */
  public ImageStream(InputStream stream) throws IOException {
    super(stream);
    // Only the JPEG decoder is known to accept fewer bytes than it requests.
    this.block = JpegScans.requireFew(this) ? SCANS_BLOCK : Integer.MAX_VALUE;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (CurrentWork.isCancelled()) {
      throw new InterruptedIOException("the request for the image was cancelled");
    }
    return super.read(bytes, offset, block == 0 ? length : Math.min(length, block));
  }
}
