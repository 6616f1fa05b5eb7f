package dev.sdlora.pipeline;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Picture;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.pipeline.image.Infotext;
import dev.sdlora.pipeline.image.PictureFiles;
import dev.sdlora.pipeline.image.PngFiles;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.raster.Resampling;
import dev.sdlora.pipeline.upscale.TiledUpscaler;
import dev.sdlora.tensors.torch.Torch;
import java.io.InputStream;
import java.nio.file.Path;

/** Picture files and larger pictures. Made by {@link java.util.ServiceLoader}. */
public final class LocalPictures implements Backend.Pictures {

  @Override
  public PromptSpec parseParameters(String text) {
    return Infotext.parse(text);
  }

  @Override
  public String readParameters(Path image) {
    return PictureFiles.readParameters(image);
  }

  @Override
  public String readParameters(InputStream image) {
    return PictureFiles.readParameters(image);
  }

  @Override
  public byte[] encodeJpeg(GeneratedImage image, int quality) {
    return PictureFiles.encodeJpeg(image, quality);
  }

  @Override
  public byte[] encode(GeneratedImage image, String format) {
    return PictureFiles.encode(image, format);
  }

  @Override
  public void save(GeneratedImage image, Path file) {
    PictureFiles.save(image, file);
  }

  @Override
  public void savePng(Picture picture, Path file) {
    PngFiles.save(picture.toBufferedImage(), file);
  }

  @Override
  public Picture resize(Picture picture, int width, int height) {
    return Resampling.LANCZOS.resize(Raster.of(picture), width, height).toPicture();
  }

  @Override
  public UpscalerNetwork openUpscaler(Path file) {
    return TiledUpscaler.open(file, Torch.open("cpu"));
  }
}
