<?xml version="1.0" encoding="UTF-8"?>
<!-- NR510201A 客户问题记录, the customer problem record: what was told, who handles it by when, how it was supervised. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

<xsl:import href="layout.xsl"/>

<xsl:template match="page" mode="body">
  <table>
    <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">收到日期</xsl:with-param><xsl:with-param name="en">Received</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="received_at" mode="time"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">记录人</xsl:with-param><xsl:with-param name="en">Recorder</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="recorder" mode="person"/></td>
    </tr>
    <xsl:call-template name="contact-rows"/>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">受理渠道</xsl:with-param><xsl:with-param name="en">Channel</xsl:with-param></xsl:call-template>
      <td colspan="3"><xsl:call-template name="ticks"><xsl:with-param name="of" select="channels/item"/></xsl:call-template></td>
    </tr>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">问题类别</xsl:with-param><xsl:with-param name="en">Kind</xsl:with-param></xsl:call-template>
      <td colspan="3"><xsl:call-template name="ticks"><xsl:with-param name="of" select="classes/item"/><xsl:with-param name="letters" select="true()"/></xsl:call-template></td>
    </tr>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">问题类型</xsl:with-param><xsl:with-param name="en">Type</xsl:with-param></xsl:call-template>
      <td colspan="3"><xsl:call-template name="ticks"><xsl:with-param name="of" select="types/item"/></xsl:call-template></td>
    </tr>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">紧急程度</xsl:with-param><xsl:with-param name="en">Urgency</xsl:with-param></xsl:call-template>
      <td colspan="3"><xsl:call-template name="ticks"><xsl:with-param name="of" select="urgencies/item"/><xsl:with-param name="letters" select="true()"/></xsl:call-template></td>
    </tr>
  </table>
  <xsl:call-template name="details"/>
  <table>
    <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">提交部门／人</xsl:with-param><xsl:with-param name="en">Submitted to</xsl:with-param></xsl:call-template>
      <td>
        <xsl:apply-templates select="department" mode="word"/>
        <xsl:if test="handler"><xsl:text> </xsl:text>(<xsl:apply-templates select="handler" mode="person"/>)</xsl:if>
      </td>
      <xsl:call-template name="th"><xsl:with-param name="zh">提交日期</xsl:with-param><xsl:with-param name="en">Submitted</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="handed_over_at" mode="time"/></td>
    </tr>
  </table>

  <section>
    <xsl:call-template name="heading"><xsl:with-param name="zh">办理部门填写</xsl:with-param><xsl:with-param name="en">Filled in by the department</xsl:with-param></xsl:call-template>
    <table>
      <colgroup><col style="width:15%"/><col/></colgroup>
      <tr>
        <xsl:call-template name="th"><xsl:with-param name="zh">预计解决时间</xsl:with-param><xsl:with-param name="en">Expected</xsl:with-param></xsl:call-template>
        <td>
          <xsl:apply-templates select="expected_at" mode="time"/>
          <xsl:if test="count(plans/item) &gt; 1">
            <span class="quiet">
              <xsl:text> </xsl:text>
              <xsl:call-template name="label">
                <xsl:with-param name="zh" select="concat('（第 ', count(plans/item), ' 次确定）')"/>
                <xsl:with-param name="en" select="concat('(stated ', count(plans/item), ' times)')"/>
              </xsl:call-template>
            </span>
          </xsl:if>
        </td>
      </tr>
    </table>
    <div class="box">
      <div class="name"><xsl:call-template name="label"><xsl:with-param name="zh">拟采取措施</xsl:with-param><xsl:with-param name="en">Planned measures</xsl:with-param></xsl:call-template></div>
      <div class="text"><xsl:value-of select="plans/item[last()]/measures"/></div>
      <xsl:for-each select="plans/item[position() &lt; last()]">
        <div class="quiet">
          <xsl:call-template name="label"><xsl:with-param name="zh">原计划</xsl:with-param><xsl:with-param name="en">Earlier plan</xsl:with-param></xsl:call-template>
          <xsl:text> </xsl:text><xsl:apply-templates select="at" mode="time"/>
          <xsl:text> </xsl:text><xsl:apply-templates select="who" mode="person"/>
          <xsl:text>: </xsl:text><xsl:apply-templates select="expected_at" mode="time"/>
          <xsl:text> </xsl:text><xsl:value-of select="measures"/>
        </div>
      </xsl:for-each>
      <xsl:call-template name="signature">
        <xsl:with-param name="zh">责任人签名</xsl:with-param>
        <xsl:with-param name="en">Person responsible</xsl:with-param>
        <xsl:with-param name="who" select="plans/item[last()]/who"/>
        <xsl:with-param name="role" select="plans/item[last()]/role"/>
        <xsl:with-param name="at" select="plans/item[last()]/at"/>
      </xsl:call-template>
    </div>
  </section>

  <xsl:call-template name="progress">
    <xsl:with-param name="zh">督办过程记录</xsl:with-param>
    <xsl:with-param name="en">Supervision log</xsl:with-param>
  </xsl:call-template>

  <xsl:if test="contacts/item | merged/item/contacts/item">
    <xsl:call-template name="contacts"/>
  </xsl:if>

  <section class="box">
    <xsl:call-template name="signature">
      <xsl:with-param name="zh">受理专员</xsl:with-param>
      <xsl:with-param name="en">Intake specialist</xsl:with-param>
      <xsl:with-param name="who" select="recorder[/page/closed_at]"/>
      <xsl:with-param name="at" select="closed_at"/>
    </xsl:call-template>
  </section>
</xsl:template>

</xsl:stylesheet>
