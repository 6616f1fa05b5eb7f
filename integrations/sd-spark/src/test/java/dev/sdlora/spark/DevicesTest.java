package dev.sdlora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;

/** Tests the conversion of Spark's GPU addresses to device names. */
final class DevicesTest {
  private static ResourceInformation resource(String name, String... addresses) {
    return new ResourceInformation(name, addresses);
  }

  @Test
  void of_addressOfAGpu_isThatDevice_elseTheProcessor() {
    assertThat(Devices.of(Map.of("gpu", resource("gpu", "1", "2")))).isEqualTo("gpu1");
    assertThat(Devices.of(Map.of("gpu", resource("gpu")))).isEqualTo("cpu");
    assertThat(Devices.of(Map.of("fpga", resource("fpga", "0")))).isEqualTo("cpu");
    assertThat(Devices.of(Map.of())).isEqualTo("cpu");
  }
}
