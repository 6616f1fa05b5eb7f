package dev.sdlora.demo.emoji.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;

final class LatentsTest {
  @Property
  void towards_isThatShareOfTheWay(
      @ForAll @FloatRange(min = -4, max = 4) float latent,
      @ForAll @FloatRange(min = -4, max = 4) float target,
      @ForAll @FloatRange(max = 1) float share) {
    float near = Latents.towards(new float[] {latent}, new float[] {target}, share)[0];
    assertThat(near - latent).isCloseTo(share * (target - latent), within(1e-5f));
    assertThat(near).isBetween(Math.min(latent, target), Math.max(latent, target));
  }
}
